import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from "graphql";

/** RFC 3339, section 5.6. */
const format =
  /^(\d{4})-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

function toDate(value: unknown): Date {
  const date = value instanceof Date ? value : typeof value === "string" && isDateTime(value) ? new Date(value) : null;
  if (date && !Number.isNaN(date.getTime())) return date;
  throw new GraphQLError("DateTime cannot represent what is not a date-time string such as 2007-12-03T10:15:30Z.");
}

function isDateTime(text: string): boolean {
  const [matched, year, month, day] = format.exec(text) ?? [];
  // `Date` would take the 30th of February for the 1st of March.
  return matched !== undefined && Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

/** A moment. Loading two scalars from `graphql-scalars` loads all sixty of them. */
export const DateTime = new GraphQLScalarType<Date, Date>({
  name: "DateTime",
  description:
    "A date-time string at UTC, such as 2007-12-03T10:15:30Z, compliant with the `date-time` format outlined in section 5.6 of " +
    "the RFC 3339 profile of the ISO 8601 standard for representation of dates and times using the Gregorian calendar.",
  serialize: toDate,
  parseValue: toDate,
  extensions: { codegenScalarType: "Date | string", jsonSchema: { type: "string", format: "date-time" } },
});

const ecma404 = "http://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf";

/** Any JSON. */
export const Json = new GraphQLScalarType({
  name: "JSON",
  description: `The \`JSON\` scalar type represents JSON values as specified by [ECMA-404](${ecma404}).`,
  specifiedByURL: ecma404,
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: valueFromASTUntyped,
  extensions: { codegenScalarType: "any" },
});
