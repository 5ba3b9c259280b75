import fc from "fast-check";
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLFieldResolver,
  GraphQLObjectType,
  getIntrospectionQuery,
  parse,
  validate,
} from "graphql";
import { expect, test } from "vitest";
import { ObjectCount } from "../../src/execution/answer-limits.ts";
import { compile } from "../../src/execution/compile.ts";
import { JsonBuffer } from "../../src/execution/json-buffer.ts";
import { TimeSlice } from "../../src/execution/time-slice.ts";
import { runs } from "../property.ts";

/** A schema with everything that compiling has to tell apart. */
const schema = buildSchema(`
  interface Named { name: String! me: Named }
  enum Kind { GOOD BAD }
  scalar Loose
  type Thing implements Named {
    name: String! count: Int flag: Boolean kind: Kind tags: [String!] grid: [[Int]]
    me: Named same: Thing! things(first: Int = 2): [Thing!] anyOf: [Any] slow(with: String): String broken: Int loose: Loose gone: String!
  }
  type Other implements Named { name: String! size: Float id: ID me: Named things(first: Int = 2): [Thing!] }
  union Any = Thing | Other
  type Query { thing: Thing! other: Other any: Any named: Named things(first: Int = 2): [Thing!] empty: [Thing!] }
`);

const thing = {
  type: "Thing",
  name: 'a "thing" \u2028 \ud83d\ude00',
  count: 3,
  flag: false,
  kind: "GOOD",
  tags: ["", "ü"],
  grid: [[1], null, []],
  broken: new Error("broken"),
  loose: new Error("loose"),
  gone: null,
};
const other = { type: "Other", name: "other", size: 0.5, id: 7 };

const resolvers: Record<string, GraphQLFieldResolver<{ type?: string }, unknown>> = {
  me: (source) => source,
  same: async (source) => source,
  thing: () => thing,
  other: async () => other,
  any: () => other,
  named: async () => thing,
  things: async (_, { first }) => Array.from({ length: first as number }, () => thing),
  empty: () => [],
  anyOf: () => [thing, null, Promise.resolve(other)],
  slow: async (_, args) => JSON.stringify(args),
};
for (const type of Object.values(schema.getTypeMap())) {
  if (type instanceof GraphQLObjectType && !type.name.startsWith("__")) {
    for (const [name, field] of Object.entries(type.getFields())) {
      const resolve = resolvers[name];
      if (resolve) field.resolve = resolve;
    }
  } else if ("resolveType" in type) type.resolveType = (value) => value.type;
}

/** A selection of so many levels: fields with an alias that tells them apart, fragments, and conditions. */
function selection(depth: number): fc.Arbitrary<string> {
  const condition = fc.constantFrom(
    ...["", "", "", "", "", "", "@include(if: $yes)", "@skip(if: $yes)", "@include(if: $no)", "@skip(if: false)"],
  );
  const leaf = fc.constantFrom(
    ...["name", "__typename", "n: name", "__proto__: name", "t: __typename", "... on Thing { count flag kind }"],
    ...["... on Thing { tags grid }", "... on Thing { slow(with: $word) s: slow }", "... on Other { size id }"],
    ...["...F", "...F", "... on Thing { broken }", "... on Thing { loose }", "... on Thing { gone }"],
  );
  const below = depth === 0 ? fc.constant("__typename") : selection(depth - 1);
  const field = fc.constantFrom(
    ...["... on Named { me", "...", "... on Thing { same", "... on Thing { b: things(first: $first)"],
    ...["... on Thing { anyOf", "... on Thing { things", "... on Other { me"],
  );
  const branch = fc
    .tuple(field, condition, below)
    .map(([start, when, inner]) => `${start} ${when} { ${inner} } ${start.includes("{") ? "}" : ""}`);
  const some = fc.tuple(leaf, condition).map(([text, when]) => (text.includes("{") ? text : `${text} ${when}`));
  return fc
    .array(depth === 0 ? some : fc.oneof(some, branch), { minLength: 1, maxLength: 4 })
    .map((all) => all.join(" "));
}

const document = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom("thing", "other", "any", "named", "things", "empty"), selection(2)), {
      minLength: 1,
      maxLength: 3,
    }),
    selection(0),
  )
  .map(([roots, inner]) => {
    const fields = roots.map(([name, text]) => `${name} { ${text} }`).join(" ");
    const fragment = inner.replaceAll("...F", "name");
    return `query ($yes: Boolean! = true, $no: Boolean! = false, $word: String, $first: Int = 1) { ${fields} }
      fragment F on Named { ${fragment} }`;
  });

/** A clock that goes on by so many milliseconds each time somebody looks: the higher, the more often work is interrupted. */
function hasty(step: number): TimeSlice {
  let now = 0;
  return new TimeSlice(() => {
    now += step;
    return now;
  });
}

const compileIn = (slice: TimeSlice, source: DocumentNode, name?: string) => compile({ schema, slice }, source, name);

test("a compiled query answers what graphql-js answers, to the letter, or leaves it to that", async () => {
  const seen = { compiled: 0, troubled: 0, left: 0 };
  const steps = fc.constantFrom(0, 0.5, 2, 4);
  const variables = fc.record({ yes: fc.boolean(), no: fc.boolean(), word: fc.constantFrom(null, "w") });
  await fc.assert(
    fc.asyncProperty(document, variables, steps, async (source, variableValues, step) => {
      const parsed = parse(source);
      const invalid = validate(schema, parsed).filter(({ message }) => !message.includes("is never used"));
      fc.pre(invalid.length === 0);
      const expected = await execute({ schema, document: parsed, variableValues });
      const query = compileIn(hasty(step), parsed);
      if (!query) return void seen.left++;
      let held = 0;
      const holdReads = () => {
        held++;
        return () => void held--;
      };
      const answer = await query(undefined, { objects: new ObjectCount(), holdReads }, variableValues);
      // Whoever holds reads lets them go, whatever came of it.
      expect(held).toBe(0);
      const text = answer instanceof JsonBuffer ? answer.bytes("", "").toString() : answer;
      if (expected.errors) seen.troubled++;
      else seen.compiled++;
      expect(text).toBe(expected.errors ? undefined : JSON.stringify(expected.data));
    }),
    runs(600),
  );
  expect(seen.compiled).toBeGreaterThan(seen.left);
  expect(seen.troubled).toBeGreaterThan(0);
});

test("a question about the schema is answered as graphql-js answers it", async () => {
  const document = parse(getIntrospectionQuery({ specifiedByUrl: true, oneOf: true, inputValueDeprecation: true }));
  const query = compileIn(hasty(1), document);
  const answer = await query?.(undefined, { objects: new ObjectCount() }, {});
  const { data } = await execute({ schema, document });
  expect(JSON.parse(answer instanceof JsonBuffer ? answer.bytes("", "").toString() : "null")).toEqual(data);
});

test.each([[`{ thing { name } } fragment F on Thing { name } mutation M { x }`, "a mutation", "M"]])(
  "%s is left to graphql-js: %s",
  (source, _, name?: string) => {
    expect(compileIn(hasty(0), parse(source), name)).toBeNull();
  },
);

test("fragments that would open to more than anybody writes are left to graphql-js", () => {
  const fragments = Array.from(
    { length: 14 },
    (_, i) => `fragment F${i} on Thing { same { ...F${i + 1} } me { ...F${i + 1} } }`,
  );
  const source = `{ thing { ...F0 } } ${fragments.join(" ")} fragment F14 on Thing { name }`;
  expect(compileIn(hasty(0), parse(source))).toBeNull();
});
