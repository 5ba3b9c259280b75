import type { GraphQLLeafType } from "graphql";
import { type VariableValues, valuesByName } from "../variable-values.ts";
import { type Paced, TooManyObjects } from "./answer-limits.ts";
import type { Condition } from "./collect-fields.ts";
import { type JsonBuffer, TextTooLong } from "./json-buffer.ts";
import { handleRejections } from "./rejections.ts";
import type { TimeSlice } from "./time-slice.ts";

/** One execution. */
export class ExecutionState {
  readonly context: Paced;
  readonly variables: VariableValues;
  /** Arguments of each field that has a resolver, once they are known: they are the same for every object. */
  readonly args: Record<string, unknown>[] = [];
  readonly slice: TimeSlice;
  /** Whether anything is left to the plain executor. */
  bailedOut = false;
  /** Why the answer is larger than it may be. */
  exceeded: TooManyObjects | TextTooLong | undefined;
  #pending = 1;
  readonly #over: () => void;

  constructor(context: Paced, variables: VariableValues, slice: TimeSlice, over: () => void) {
    this.context = context;
    this.variables = variables;
    this.slice = slice;
    this.#over = over;
  }

  /** Writes a value, or later what it promises; `asks` where that may ask for reads. */
  soon(value: unknown, write: Write, text: JsonBuffer, asks: boolean): void {
    if (!isPromise(value)) {
      if (Array.isArray(value)) handleRejections(value);
      write(value, text, this);
      return;
    }
    const gap = text.reserve();
    this.#pending++;
    value.then(
      (given) => {
        if (Array.isArray(given)) handleRejections(given);
        const last = () => write(given, gap, this);
        if (!this.slice.over) return this.end(last);
        // It has been counted as pending already.
        this.#pending--;
        this.later(last, asks);
      },
      () => this.end(fail),
    );
  }

  /** Does something in a later turn of the event loop. Reads that were asked for wait for it where `asks` says so. */
  later(what: () => void, asks: boolean): void {
    this.#pending++;
    const release = asks ? this.context.holdReads?.() : undefined;
    this.slice.later(() => {
      this.end(what);
      release?.();
    });
  }

  /** Does the last of something; once all is done, the run is over. After a bailout nothing more is done. */
  end(last: () => void): void {
    try {
      if (!this.bailedOut) last();
    } catch (error) {
      this.bailedOut = true;
      if (error instanceof TooManyObjects || error instanceof TextTooLong) this.exceeded = error;
    }
    if (--this.#pending === 0) this.#over();
  }
}

/** Writes a value, and what is asked of it, as JSON. Throws {@link bailout}. */
export type Write = (value: unknown, text: JsonBuffer, run: ExecutionState) => void;

/**
 * Makes what `JSON.stringify` writes of a value that is resolved with everything below it. Throws {@link bailout}, or
 * {@link tooLarge} where it is more than is made at once.
 */
export type Make = (value: unknown, done: Done) => unknown;

/** What was made without a look at the time. */
export interface Done {
  objects: number;
  /** Fields and items of lists. */
  values: number;
}

/** Thrown for an error, or a value that is not resolved yet: the plain executor reports which. */
export const bailout: Error = new Error("left to the plain executor");

const tooLarge: Error = new Error("more than is made at once");

/** Values that are made without a look at the time: about a millisecond's. */
const AT_ONCE = 4000;

/** Refuses a value. */
export function fail(): never {
  throw bailout;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function makes(values: number, done: Done): void {
  done.values += values;
  if (done.values > AT_ONCE) throw tooLarge;
}

/** Writes a value at once, with everything below it; a large one piece by piece. */
export function writeAtOnce(make: Make, piecewise: Write): Write {
  return (value, text, run) => {
    const done = { objects: 0, values: 0 };
    let made: unknown;
    try {
      made = make(value, done);
    } catch (error) {
      if (error !== tooLarge) throw error;
      piecewise(value, text, run);
      return;
    }
    run.context.objects.add(done.objects);
    text.add(JSON.stringify(made));
  };
}

/** What a leaf is in JSON. */
export function makeLeaf(type: GraphQLLeafType): Make {
  const isText = type.name === "String" || type.name === "ID";
  return (value) => {
    if (isText && typeof value === "string") return value;
    if (value instanceof Error) fail();
    return type.serialize(value) ?? fail();
  };
}

/** A list whose items are resolved already. */
export function makeList(item: Make, ofObjects: boolean): Make {
  return (value, done) => {
    if (!Array.isArray(value)) return fail();
    makes(value.length, done);
    if (ofObjects) done.objects += value.length;
    const made: unknown[] = [];
    for (const each of value) made.push(item(each, done));
    return made;
  };
}

/** A list; its objects are counted before the first is made. `asks` where its items may ask for further reads. */
export function writeList(item: Write, ofObjects: boolean, asks: boolean): Write {
  const writeFrom = (items: unknown[], from: number, text: JsonBuffer, run: ExecutionState): void => {
    for (let i = from; i < items.length; i++) {
      if (run.slice.over) {
        const rest = text.reserve();
        run.later(() => writeFrom(items, i, rest, run), asks);
        return;
      }
      if (i > 0) text.add(",");
      run.soon(items[i], item, text, asks);
    }
    text.add("]");
  };
  return (value, text, run) => {
    if (!Array.isArray(value)) return fail();
    if (ofObjects) run.context.objects.add(value.length);
    text.add("[");
    writeFrom(value, 0, text, run);
  };
}

/** A field of an object: its name in the answer, how its value is got, and how that is written. */
export interface Field {
  readonly key: string;
  readonly when: readonly Condition[];
  /** Its value is got by a resolver, which may take its time. */
  readonly resolves: boolean;
  /** Getting it, or something within it, may ask for reads. */
  readonly asks: boolean;
  read(source: unknown, run: ExecutionState): unknown;
  readonly write: Write;
}

/** An object, whatever its fields are. `asks` where it may ask for further reads. */
export function writeObject(fields: readonly Field[], asks: boolean): Write {
  const named = fields.map((field) => ({ ...field, name: `${JSON.stringify(field.key)}:` }));
  const writeFrom = (value: unknown, from: number, before: string, text: JsonBuffer, run: ExecutionState): void => {
    let mark = before;
    for (let i = from; i < named.length; i++) {
      const { name, when, resolves, asks: below, read, write } = named[i] as (typeof named)[number];
      if (when.length > 0 && !when.every((condition) => holds(condition, run))) continue;
      if (resolves && run.slice.over) {
        const rest = text.reserve();
        run.later(() => writeFrom(value, i, mark, rest, run), asks);
        return;
      }
      text.add(mark + name);
      run.soon(read(value, run), write, text, below);
      mark = ",";
    }
    text.add(mark === "{" ? "{}" : "}");
  };
  return (value, text, run) => (value instanceof Error ? fail() : writeFrom(value, 0, "{", text, run));
}

function holds({ variable, value }: Condition, { variables }: ExecutionState): boolean {
  const given = valuesByName(variables)[variable];
  return typeof given === "boolean" ? given === value : fail();
}

/** Counts an object that stands alone, before it is written. */
export function writeCounted(write: Write): Write {
  return (value, text, run) => {
    run.context.objects.add(1);
    write(value, text, run);
  };
}

/** Counts an object that stands alone, before it is made. */
export function makeCounted(make: Make): Make {
  return (value, done) => {
    done.objects++;
    return make(value, done);
  };
}

/** A field that is a property of its object. */
export interface Property {
  readonly key: string;
  readonly property: string;
  readonly make: Make;
}

/**
 * An object all of whose fields are properties. The literal is generated, so that all objects of a place in the document
 * have one shape: V8 makes and serialises them several times as fast.
 */
export function makeObject(fields: readonly Property[]): Make {
  // In a literal this one name would set the prototype.
  const name = (key: string) => (key === "__proto__" ? '["__proto__"]' : key);
  const entries = fields.map(({ key, property }, i) => `${name(key)}: make[${i}](value.${property}, done)`);
  const body = `return (value, done) => ({ ${entries.join(", ")} });`;
  const make = new Function("make", body)(fields.map((field) => field.make)) as Make;
  return (value, done) => {
    makes(fields.length, done);
    return value instanceof Error ? fail() : make(value, done);
  };
}
