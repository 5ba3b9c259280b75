import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { MAX_ERRORS, type Paced, TooManyObjects } from "./answer-limits.ts";
import { handleRejections } from "./rejections.ts";
import type { Slice } from "./time-slice.ts";

/** Fields that the plain executor completes without a look at the time: some milliseconds. */
const AT_ONCE = 4000;

/** Errors for too many objects that one answer has. Whatever comes after them is left out. */
const MOST_ERRORS = 100;

const paced = new WeakSet<GraphQLSchema>();

/**
 * Makes an executor that knows nothing of either count the objects of an answer and let others have their turn: resolvers
 * count what they give, and the items of a long list are promised, some for each turn of the event loop. The schema itself
 * is changed, once; an execution needs a context that is {@link Paced}.
 */
export function pace(schema: GraphQLSchema, slice: Slice): void {
  if (paced.has(schema)) return;
  paced.add(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!isLeafType(getNamedType(field.type))) field.resolve = counted(resolve ?? defaultFieldResolver, slice);
      else if (resolve && !isNonNullType(field.type)) field.resolve = (...of) => unlessTooMany(resolve(...of), of[2]);
    }
  }
}

function counted(resolve: GraphQLFieldResolver<unknown, Paced>, slice: Slice): GraphQLFieldResolver<unknown, Paced> {
  const resolved: GraphQLFieldResolver<unknown, Paced> = (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    const count = (given: unknown) => {
      if (given == null) return given;
      if (Array.isArray(given)) handleRejections(given);
      const counted = add(Array.isArray(given) ? given.length : 1, context);
      if (!Array.isArray(given)) return given;
      if (!counted) return [];
      return inTurns(failing(given, info, context), info, context, slice);
    };
    return value instanceof Promise ? value.then(count) : count(value);
  };
  return (source, args, context, info) => {
    const run = () => {
      const nullable = !isNonNullType(info.returnType);
      if (nullable && context.objects.failed > MAX_ERRORS) return null;
      const value = resolved(source, args, context, info);
      return nullable ? unlessTooMany(value, context) : value;
    };
    // Each field of a query itself may be a list of a thousand: all of them together are too long for one turn.
    if (info.path.prev || info.operation.operation !== "query" || !slice.over) return run();
    const release = context.holdReads?.();
    return slice.turn().then(() => {
      try {
        return run();
      } finally {
        release?.();
      }
    });
  };
}

/** Counts a failure. Beyond the maximum of errors the value is null, and the query is rejected as a whole. */
function unlessTooMany(value: unknown, { objects }: Paced): unknown {
  if (!(value instanceof Promise)) return value;
  return value.catch((error) => {
    if (++objects.failed > MAX_ERRORS) return null;
    throw error;
  });
}

/** Items that may fail each on their own, counted where they do. */
function failing(items: unknown[], { returnType }: GraphQLResolveInfo, context: Paced): unknown[] {
  const list = getNullableType(returnType);
  if (!(items[0] instanceof Promise) || !isListType(list) || isNonNullType(list.ofType)) return items;
  const counting = items.map((item) => unlessTooMany(item, context));
  handleRejections(counting);
  return counting;
}

/** Counts objects; `false` where they are too many, and enough errors say so already. */
function add(objects: number, { objects: count }: Paced): boolean {
  try {
    count.add(objects);
    return true;
  } catch (error) {
    if (!(error instanceof TooManyObjects) || count.refused++ < MOST_ERRORS) throw error;
    return false;
  }
}

function inTurns(items: unknown[], info: GraphQLResolveInfo, context: Paced, slice: Slice): unknown[] {
  const fields = fieldsOf(info.fieldNodes, info.fragments);
  const each = Math.max(1, Math.floor(AT_ONCE / fields));
  if (items.length <= each) return items;
  const release = context.holdReads?.();
  let turn: Promise<void> | undefined;
  const promised = items.map((item, i) => {
    if (i < each) return item;
    if (i % each === 0) turn = slice.turn();
    return turn?.then(() => item);
  });
  if (release) void turn?.then(() => setImmediate(release));
  return promised;
}

const known = new WeakMap<SelectionSetNode, number>();

/** How many fields there are below some, fragments where they are spread. */
export function fieldsOf(
  nodes: readonly { selectionSet?: SelectionSetNode | undefined }[],
  fragments: GraphQLResolveInfo["fragments"],
): number {
  const count = (set: SelectionSetNode | undefined): number => {
    if (!set) return 0;
    const before = known.get(set);
    if (before !== undefined) return before;
    let fields = 0;
    for (const selection of set.selections) {
      const within =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? fragments[selection.name.value]?.selectionSet
          : selection.selectionSet;
      fields += count(within) + (selection.kind === Kind.FIELD ? 1 : 0);
    }
    known.set(set, fields);
    return fields;
  };
  return Math.max(
    1,
    nodes.reduce((sum, { selectionSet }) => sum + count(selectionSet), 0),
  );
}
