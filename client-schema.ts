import {
  type GraphQLSchema,
  getNamedType,
  introspectionFromSchema,
  isAbstractType,
  isLeafType,
  isObjectType,
} from "graphql";

const paging = new Set(["first", "last", "after", "before"]);

/** What caches of clients have to know of a schema, as the text of a module: `src/client-schema.ts`. */
export function clientSchema(schema: GraphQLSchema): string {
  const types = Object.values(schema.getTypeMap()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const objects = types.filter(isObjectType).filter(({ name }) => !name.startsWith("__"));
  const possibleTypes = types.filter(isAbstractType).map((type): [string, string[]] => {
    const names = schema.getPossibleTypes(type).map(({ name }) => name);
    return [type.name, names.toSorted()];
  });
  const connections = objects.map((type): [string, Record<string, string[]>] => {
    const own = Object.values(type.getFields()).filter((field) => getNamedType(field.type).name.endsWith("Connection"));
    return [type.name, Object.fromEntries(own.map(({ name, args }) => [name, filters(args)]))];
  });
  const hasId = (type: (typeof objects)[number]) => "id" in type.getFields();
  const isRoot = ({ name }: { name: string }) => ["Query", "Mutation", "Subscription"].includes(name);
  const embedded = objects.filter((type) => !hasId(type) && !isRoot(type)).map(({ name }) => name);
  const records = (entries: [string, object][]) =>
    entries
      .filter(([, value]) => Object.keys(value).length > 0)
      .map(([name, value]) => `  ${name}: ${JSON.stringify(value)},\n`)
      .join("");
  return `// Made by \`npm run codegen\`.

/** The object types of each interface and union. */
export const possibleTypes: Record<string, string[]> = {
${records(possibleTypes)}};

/** Connections by type and field, with the arguments that make one list another one: filters and order. */
export const connectionFields: Record<string, Record<string, string[]>> = {
${records(connections)}};

/** Types without an ID: each is a part of the object that has it. */
export const embeddedTypes: string[] = ${JSON.stringify(embedded)};
`;
}

function filters(args: readonly { name: string }[]): string[] {
  return args
    .map(({ name }) => name)
    .filter((name) => !paging.has(name))
    .toSorted();
}

/** The schema as Graphcache takes it: no descriptions, no arguments' types and no leaves' names, which it does not look at. */
export function introspection(schema: GraphQLSchema): string {
  const { __schema } = introspectionFromSchema(schema, { descriptions: false, specifiedByUrl: false });
  const leaves = new Set(
    Object.values(schema.getTypeMap())
      .filter(isLeafType)
      .map(({ name }) => name),
  );
  const any = { kind: "SCALAR", name: "Any" };
  const short = (type: TypeRef | null | undefined): object | null => {
    if (!type) return null;
    if (type.name && leaves.has(type.name)) return any;
    return type.ofType
      ? { kind: type.kind, name: null, ofType: short(type.ofType) }
      : { kind: type.kind, name: type.name };
  };
  const types = __schema.types.flatMap((type): object[] => {
    if (type.name.startsWith("__")) return [];
    if (type.kind === "OBJECT" || type.kind === "INTERFACE") {
      const fields = type.fields.map(({ name, type, args }) => ({
        name,
        type: short(type as TypeRef),
        args: args.map((each) => ({ name: each.name, type: any })),
      }));
      const interfaces = (type.interfaces ?? []).map(({ name }) => ({ kind: "INTERFACE", name }));
      const possible = type.kind === "INTERFACE" && { possibleTypes: names(type.possibleTypes) };
      return [{ kind: type.kind, name: type.name, fields, interfaces, ...possible }];
    }
    return type.kind === "UNION"
      ? [{ kind: type.kind, name: type.name, possibleTypes: names(type.possibleTypes) }]
      : [];
  });
  const root = (type: { name: string } | null | undefined) => (type ? { name: type.name, kind: "OBJECT" } : null);
  const { queryType, mutationType, subscriptionType } = __schema;
  const minified = {
    queryType: root(queryType),
    mutationType: root(mutationType),
    subscriptionType: root(subscriptionType),
    types: [...types, any],
    directives: [],
  };
  return `${JSON.stringify({ __schema: minified })}\n`;
}

interface TypeRef {
  kind: string;
  name?: string | null;
  ofType?: TypeRef | null;
}

const names = (types: readonly { name: string }[]) => types.map(({ name }) => ({ kind: "OBJECT", name }));
