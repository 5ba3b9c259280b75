import type { GraphQLLeafType } from "graphql";
import type { Condition } from "./selection.ts";
import type { Text } from "./text.ts";

/** One execution. */
export class Run {
  readonly context: unknown;
  readonly variables: Record<string, unknown>;
  /** Arguments of each field that has a resolver, once they are known: they are the same for every object. */
  readonly args: Record<string, unknown>[] = [];
  /** Whether anything is left to the plain executor. */
  troubled = false;
  #pending = 1;
  readonly #over: () => void;

  constructor(context: unknown, variables: Record<string, unknown>, over: () => void) {
    this.context = context;
    this.variables = variables;
    this.#over = over;
  }

  /** Writes a value, or later what it promises. */
  soon(value: unknown, write: Write, text: Text): void {
    if (!isPromise(value)) {
      write(value, text, this);
      return;
    }
    const gap = text.gap();
    this.#pending++;
    value.then(
      (given) => this.end(() => write(given, gap, this)),
      () => this.end(fail),
    );
  }

  /** Does the last of something; once all is done, the run is over. */
  end(last: () => void): void {
    try {
      last();
    } catch {
      this.troubled = true;
    }
    if (--this.#pending === 0) this.#over();
  }
}

/** Writes a value, and what is asked of it, as JSON. Throws {@link trouble}. */
export type Write = (value: unknown, text: Text, run: Run) => void;

/** Makes what `JSON.stringify` writes of a value that is at hand with everything below it. Throws {@link trouble}. */
export type Make = (value: unknown) => unknown;

/** Thrown where something is an error, or not at hand: the plain executor tells what. */
export const trouble: Error = new Error("left to the plain executor");

/** Refuses a value. */
export function fail(): never {
  throw trouble;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
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

/** A list whose items are at hand. */
export function makeList(item: Make): Make {
  return (value) => {
    if (!Array.isArray(value)) return fail();
    const made: unknown[] = [];
    for (const each of value) made.push(item(each));
    return made;
  };
}

/** A list. */
export function writeList(item: Write): Write {
  return (value, text, run) => {
    if (!Array.isArray(value)) return fail();
    let mark = "[";
    for (const each of value) {
      text.add(mark);
      run.soon(each, item, text);
      mark = ",";
    }
    text.add(value.length === 0 ? "[]" : "]");
  };
}

/** A field of an object: its name in the answer, how its value is got, and how that is written. */
export interface Field {
  readonly key: string;
  readonly when: readonly Condition[];
  read(source: unknown, run: Run): unknown;
  readonly write: Write;
}

/** An object, whatever its fields are. */
export function writeObject(fields: readonly Field[]): Write {
  const named = fields.map((field) => ({ ...field, name: `${JSON.stringify(field.key)}:` }));
  return (value, text, run) => {
    if (value instanceof Error) fail();
    let mark = "{";
    for (const { name, when, read, write } of named) {
      if (when.length > 0 && !when.every((condition) => holds(condition, run))) continue;
      text.add(mark + name);
      run.soon(read(value, run), write, text);
      mark = ",";
    }
    text.add(mark === "{" ? "{}" : "}");
  };
}

function holds({ variable, value }: Condition, { variables }: Run): boolean {
  const given = variables[variable];
  return typeof given === "boolean" ? given === value : fail();
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
  const entries = fields.map(({ key, property }, i) => `${name(key)}: make[${i}](value.${property})`);
  const body = `return (value) => ({ ${entries.join(", ")} });`;
  const make = new Function("make", body)(fields.map((field) => field.make)) as Make;
  return (value) => (value instanceof Error ? fail() : make(value));
}
