import type { z } from "zod";

/** Reads a value as its schema does, or throws {@link misfit}. */
export type Read = (value: unknown) => unknown;

/** Thrown by a compiled reader where the value does not fit; the schema itself then says where and why. */
export const misfit = Symbol("does not fit its schema");

const fail = (): never => {
  throw misfit;
};

const readers = new WeakMap<z.ZodType, Read>();

/**
 * Reads a value as `schema.safeParse` does, several times as fast: zod makes two objects for every value it looks at,
 * and an answer has tens of thousands. The schema is compiled once into plain functions that make nothing but the
 * result. Schemas that are not understood here, and every value that does not fit, are left to zod.
 */
export function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.ZodSafeParseResult<z.output<Schema>> {
  const compiled = reader(schema);
  try {
    return { success: true, data: compiled(value) as z.output<Schema> };
  } catch (error) {
    if (error !== misfit) throw error;
    return schema.safeParse(value);
  }
}

/** The compiled reader of a schema: throws {@link misfit} where a value does not fit. */
export function reader(schema: z.ZodType): Read {
  const before = readers.get(schema);
  if (before) return before;
  const compiled = compile(schema);
  readers.set(schema, compiled);
  return compiled;
}

/** The part of zod's schema definition that is used here. */
export interface Definition {
  type: string;
  format?: string;
  checks?: { _zod: { def: { check: string; value?: unknown; inclusive?: boolean } } }[];
  innerType?: z.ZodType;
  element?: z.ZodType;
  valueType?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  catchall?: z.ZodType;
  options?: z.ZodType[];
  in?: z.ZodType;
  out?: z.ZodType;
  transform?: (value: unknown) => unknown;
}

function compile(schema: z.ZodType): Read {
  const def = schema.def as unknown as Definition;
  const plain = !def.checks?.length && !def.format;
  if (def.format === "safeint") {
    const bounds = def.checks?.map(({ _zod }) => _zod.def) ?? [];
    const least = Math.max(Number.MIN_SAFE_INTEGER, ...bounds.map(({ value }) => Number(value)));
    if (bounds.every(({ check, inclusive }) => check === "greater_than" && inclusive)) {
      return (value) => (Number.isSafeInteger(value) && (value as number) >= least ? value : fail());
    }
  }
  if (plain && def.type === "number") return (value) => (Number.isFinite(value) ? value : fail());
  if (plain && (def.type === "string" || def.type === "boolean")) {
    const { type } = def;
    return (value) => (typeof value === type ? value : fail());
  }
  if (def.type === "optional" && def.innerType) {
    const inner = compile(def.innerType);
    return (value) => (value === undefined ? value : inner(value));
  }
  if (def.type === "nullable" && def.innerType) {
    const inner = compile(def.innerType);
    return (value) => (value === null ? value : inner(value));
  }
  if (plain && def.type === "array" && def.element) {
    const element = compile(def.element);
    return (value) => (Array.isArray(value) ? value.map(element) : fail());
  }
  // Attributes that are looked at later, one by one.
  if (def.type === "record" && def.valueType?.def.type === "unknown") {
    return (value) => (typeof value === "object" && value !== null && !Array.isArray(value) ? value : fail());
  }
  if (def.type === "pipe" && def.in && def.out) {
    const { type, transform } = def.out.def as unknown as Definition;
    const before = compile(def.in);
    if (type === "transform" && transform) return (value) => transform(before(value));
  }
  if (def.type === "catch" && def.innerType) {
    const inner = compile(def.innerType);
    return (value) => {
      try {
        return inner(value);
      } catch (error) {
        if (error !== misfit) throw error;
        return schema.safeParse(value).data;
      }
    };
  }
  if (def.type === "union" && def.options) return union(def.options.map(compile));
  if (plain && def.type === "object" && def.shape) {
    if (!def.catchall) return object(def.shape);
    if (def.catchall.def.type === "unknown") return looseObject(def.shape);
  }
  return (value) => {
    const read = schema.safeParse(value);
    return read.success ? read.data : fail();
  };
}

function union(options: Read[]): Read {
  return (value) => {
    for (const option of options) {
      try {
        return option(value);
      } catch (error) {
        if (error !== misfit) throw error;
      }
    }
    return fail();
  };
}

/** An object's known keys, and its unknown ones unchanged. Most have nothing else: they keep the shape of the known. */
function looseObject(shape: Record<string, z.ZodType>): Read {
  const known = object(shape);
  return (value) => {
    const made = known(value) as Record<string, unknown>;
    for (const key in value as object) {
      if (Object.hasOwn(shape, key)) continue;
      // Zod leaves this one out, too: it would set the prototype.
      if (key !== "__proto__") made[key] = (value as Record<string, unknown>)[key];
    }
    return made;
  };
}

/** An object's known keys. The literal is generated, so that all results of a schema have one shape. */
function object(shape: Record<string, z.ZodType>): Read {
  const keys = Object.keys(shape);
  const reads = Object.values(shape).map(compile);
  try {
    const entries = keys.map((key, i) => `${JSON.stringify(key)}: reads[${i}](value[${JSON.stringify(key)}])`);
    const make = new Function("reads", `return (value) => ({ ${entries.join(", ")} });`)(reads) as Read;
    return (value) => (typeof value === "object" && value !== null && !Array.isArray(value) ? make(value) : fail());
  } catch {
    // Code must not be made from text (Workers).
    return (value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return fail();
      const made: Record<string, unknown> = {};
      for (const [i, key] of keys.entries()) made[key] = (reads[i] as Read)((value as Record<string, unknown>)[key]);
      return made;
    };
  }
}
