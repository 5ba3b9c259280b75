import fc, { type Arbitrary } from "fast-check";
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
} from "graphql";
import { argumentsOf, given3 } from "./documents/arguments.ts";
import type { Supply } from "./documents/supply.ts";
import { type Item, type Operation, type Switch, write } from "./documents/write.ts";

export { Operation } from "./documents/write.ts";

/** Composite fields that stand within each other at most, `nodes`, `edges`, `node` and `pageInfo` not counted. */
const DEPTH = 6;
/** Inline and named fragments that stand within each other at most. */
const FOLDS = 2;

/**
 * Queries that the schema allows, with their variables: every field, aliases, the same field twice, fragments that
 * overlap, type conditions, directives, windows. What arguments are given is taken from the supply.
 */
export function documents(schema: GraphQLSchema, supply: Supply): Arbitrary<Operation> {
  const memory = new Map<string, Arbitrary<Item[]>>();
  const root = schema.getQueryType() as GraphQLCompositeType;
  return items(root, { depth: DEPTH, folds: FOLDS, lists: 0 }).map((selected) => write(selected));

  function items(type: GraphQLCompositeType, room: Room): Arbitrary<Item[]> {
    const key = `${type.name} ${JSON.stringify(room)}`;
    const known = memory.get(key) ?? selection(type, room);
    memory.set(key, known);
    return known;
  }

  function selection(type: GraphQLCompositeType, room: Room): Arbitrary<Item[]> {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const leaves = ["__typename", ...fields.filter((each) => !isCompositeType(getNamedType(each.type))).map(nameOf)];
    const branches = fields.filter((each) => isCompositeType(getNamedType(each.type)) && within(each, room));
    const leaf: Arbitrary<Item[]> = fc
      .tuple(fc.constantFrom(...leaves), alias, switches)
      .map(([name, alias, switches]) => [{ kind: "field", type, name, alias, switches, args: {}, items: undefined }]);
    const abstract = isAbstractType(type);
    const choices = [{ weight: type === root ? 0 : abstract ? 2 : 4, arbitrary: leaf }];
    if (branches.length) {
      choices.push({ weight: 4, arbitrary: fc.oneof(...branches.map((each) => branch(type, each, room))) });
      choices.push({ weight: 1, arbitrary: fc.oneof(...branches.map((each) => pair(type, each, room))) });
    }
    if (room.folds > 0) choices.push({ weight: abstract ? 6 : 1, arbitrary: fragment(type, room) });
    return fc
      .array(fc.oneof(...choices), { minLength: 1, maxLength: type === root ? 4 : 3, size: "max" })
      .map((several) => several.flat());
  }

  function branch(type: GraphQLCompositeType, field: AnyField, room: Room): Arbitrary<Item[]> {
    const inner = items(getNamedType(field.type) as GraphQLCompositeType, inside(field, room));
    return fc
      .tuple(alias, switches, argumentsOf(supply, field, room.lists), inner)
      .map(([alias, switches, args, items]) => [
        { kind: "field", type, name: field.name, alias, switches, args, items },
      ]);
  }

  /** One field twice: with the same arguments, under the same name or another, or with others. */
  function pair(type: GraphQLCompositeType, field: AnyField, room: Room): Arbitrary<Item[]> {
    const one = branch(type, field, room);
    return fc
      .tuple(one, one, fc.boolean())
      .map(([[a], [b], same]) =>
        a?.kind === "field" && b?.kind === "field" ? [a, same ? { ...b, args: a.args } : b] : [],
      );
  }

  function fragment(type: GraphQLCompositeType, room: Room): Arbitrary<Item[]> {
    const conditions = [undefined, ...overlapping(type)];
    const tighter = { ...room, folds: room.folds - 1 };
    return fc.oneof(
      ...conditions.map((on) =>
        fc
          .tuple(fc.boolean(), fc.nat(7), switches, items(on ?? type, tighter))
          .map(([named, again, switches, items]): Item[] => {
            const one: Item = { kind: "fragment", type: on ?? type, bare: !on && !named, named, switches, items };
            return again === 0 ? [one, { ...one, named: true, bare: false, switches: [] }] : [one];
          }),
      ),
    );
  }

  /** Types that an object of this one may have, too. */
  function overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const possible = (each: GraphQLNamedType) => (isAbstractType(each) ? schema.getPossibleTypes(each) : [each]);
    return Object.values(schema.getTypeMap())
      .filter((each) => isCompositeType(each))
      .filter((each) => possible(each).some((one) => possible(type).includes(one as never)));
  }
}

type AnyField = GraphQLField<unknown, unknown>;

/** What may still stand within a place. */
interface Room {
  depth: number;
  folds: number;
  /** Lists with pages that the place is in. */
  lists: number;
}

const nameOf = ({ name }: { name: string }) => name;
const isPart = ({ name }: AnyField) => /^(nodes|edges|node|pageInfo)$/.test(name);
const isList = ({ args }: AnyField) => args.some(({ name }) => name === "first");

/** A list without pages that may have thousands of records, each of which leads to others of the kind. */
const isLong = ({ name }: AnyField) => name === "usedBy";

function within(field: AnyField, { depth, lists }: Room): boolean {
  if (isPart(field) && field.args.length === 0) return true;
  return depth > 0 && !(isList(field) && lists >= 3) && !(isLong(field) && lists >= 2);
}

function inside(field: AnyField, { depth, folds, lists }: Room): Room {
  const part = isPart(field) && field.args.length === 0;
  return { depth: part ? depth : depth - 1, folds, lists: lists + (isList(field) ? 1 : isLong(field) ? 2 : 0) };
}

/** Mostly none: the plain name. */
const alias = fc.oneof({ weight: 4, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constantFrom("a", "b") });

/** Mostly none, and mostly such that the field stays. */
const switches: Arbitrary<Switch[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Switch[]>([]) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(
      fc
        .tuple(fc.constantFrom("include", "skip"), fc.nat(3), given3)
        .map(([name, odds, how]) => ({ name, value: (name === "include") === odds > 0, how })),
      { minLength: 1, maxLength: 2, selector: nameOf },
    ),
  },
);
