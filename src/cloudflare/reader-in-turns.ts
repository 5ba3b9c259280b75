import type { z } from "zod";
import { type Definition, misfit, read, reader } from "./reader.ts";

/** When there is time for more work in this turn of the event loop. */
export interface Slice {
  readonly over: boolean;
  turn(): Promise<void>;
}

/** Reads a value and stops after each record of a list within it. */
type Steps = (value: unknown) => Generator<void, unknown>;

const known = new WeakMap<z.ZodType, Steps | undefined>();

/**
 * Reads a value as `read` does, in as many turns of the event loop as it takes: it stops between the records of its lists. A
 * value that does not fit is left to zod, in one turn.
 */
export async function readInTurns<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  slice: Slice,
): Promise<z.ZodSafeParseResult<z.output<Schema>>> {
  if (!known.has(schema)) known.set(schema, stepsOf(schema));
  const steps = known.get(schema);
  if (!steps) return read(schema, value);
  try {
    const reading = steps(value);
    for (;;) {
      if (slice.over) await slice.turn();
      const { done, value: data } = reading.next();
      if (done) return { success: true, data: data as z.output<Schema> };
    }
  } catch (error) {
    if (error !== misfit) throw error;
    return schema.safeParse(value);
  }
}

/** The steps of a schema that has lists; nothing for any other, and for what is not understood here. */
function stepsOf(schema: z.ZodType): Steps | undefined {
  const def = schema.def as unknown as Definition;
  const plain = !def.checks?.length && !def.format;
  if ((def.type === "optional" || def.type === "nullable") && def.innerType) {
    const inner = stepsOf(def.innerType);
    const none = def.type === "optional" ? undefined : null;
    if (!inner) return undefined;
    return function* (value) {
      return value === none ? none : yield* inner(value);
    };
  }
  if (plain && def.type === "array" && def.element) return listSteps(def.element);
  if (def.type === "pipe" && def.in && def.out) {
    const { type, transform } = def.out.def as unknown as Definition;
    const before = stepsOf(def.in);
    if (type !== "transform" || !transform || !before) return undefined;
    return function* (value) {
      return transform(yield* before(value));
    };
  }
  if (def.type === "catch" && def.innerType) {
    const inner = stepsOf(def.innerType);
    if (!inner) return undefined;
    return function* (value) {
      try {
        return yield* inner(value);
      } catch (error) {
        if (error !== misfit) throw error;
        return schema.safeParse(value).data;
      }
    };
  }
  const loose = !def.catchall || def.catchall.def.type === "unknown";
  return plain && def.type === "object" && def.shape && loose ? objectSteps(schema, def.shape) : undefined;
}

function listSteps(element: z.ZodType): Steps {
  const steps = stepsOf(element);
  const readWhole = reader(element);
  return function* (value) {
    if (!Array.isArray(value)) throw misfit;
    const made: unknown[] = [];
    for (const each of value) {
      made.push(steps && isLong(each) ? yield* steps(each) : readWhole(each));
      yield;
    }
    return made;
  };
}

/** Records of a list within a record that are read in one go. */
const FEW = 100;

/** Whether a record has a list that takes long. */
function isLong(record: unknown): boolean {
  if (typeof record !== "object" || record === null) return false;
  for (const key in record) {
    const field = (record as Record<string, unknown>)[key];
    if (Array.isArray(field) && field.length > FEW) return true;
  }
  return false;
}

/** A record whose lists are read one by one, and all else at once. */
function objectSteps(schema: z.ZodType, shape: Record<string, z.ZodType>): Steps | undefined {
  const lists: [key: string, steps: Steps][] = [];
  for (const [key, field] of Object.entries(shape)) {
    const steps = stepsOf(field);
    if (steps) lists.push([key, steps]);
  }
  if (lists.length === 0) return undefined;
  const readWhole = reader(schema);
  return function* (value) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw misfit;
    const source = value as Record<string, unknown>;
    const long = lists.filter(([key]) => Array.isArray(source[key]));
    const empty = Object.fromEntries(long.map(([key]) => [key, []]));
    const made = readWhole({ ...source, ...empty }) as Record<string, unknown>;
    for (const [key, steps] of long) made[key] = yield* steps(source[key]);
    return made;
  };
}
