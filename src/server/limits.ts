import { GraphQLError } from "graphql";
import type { Code } from "../graph/error.ts";
import { count, object } from "../options.ts";

/**
 * Limits on one request, checked before it is parsed or planned. A fragment counts wherever it is spread, and all operations
 * of a document count together. `Infinity` for no limit.
 */
export interface Limits {
  /** Tokens of a document, comments included, and its lines. @default 4000 */
  tokens: number;
  /** Nesting depth of fields. @default 24 */
  depth: number;
  /** Fields with an alias. @default 200 */
  aliases: number;
  /** Fields of `Query` or `Mutation` in one operation. @default 100 */
  rootFields: number;
  /** Directives. @default 50 */
  directives: number;
  /** Bytes of the variables as JSON, and of the request's `extensions`. @default 262144 */
  variablesSize: number;
}

/** Checks {@link Limits} at run time. */
export const limitOptions = object<Limits>({
  tokens: count("tokens"),
  depth: count("fields within each other"),
  aliases: count("aliases"),
  rootFields: count("fields"),
  directives: count("directives"),
  variablesSize: count("bytes"),
});

/** Limits that an option or a setting does not change. */
export const defaultLimits: Limits = {
  tokens: 4000,
  depth: 24,
  aliases: 200,
  rootFields: 100,
  directives: 50,
  variablesSize: 256 * 1024,
};

/**
 * Nesting depth of brackets of any kind, and of selection sets with fragments expanded. Code that walks a document by
 * recursion stays far below the size of the stack.
 */
export const MAX_NESTING = 200;

/** Characters of a name in a document. Errors repeat names, and compare them with those of the schema. */
export const MAX_NAME_LENGTH = 255;

/** Keys and items of the variables, all levels together. Every list has a maximum of its own, too. */
export const MAX_VARIABLES_ITEMS = 10_000;

/** Nesting depth of objects and lists in the variables; the inputs of the schema need ten. */
export const MAX_VARIABLES_DEPTH = 16;

/** Name of a limit on requests: its setting, or the constant of a fixed one. */
export type LimitName =
  | "MAX_TOKENS"
  | "MAX_DEPTH"
  | "MAX_ALIASES"
  | "MAX_ROOT_FIELDS"
  | "MAX_DIRECTIVES"
  | "MAX_NESTING"
  | "MAX_NAME_LENGTH"
  | "MAX_VARIABLES_SIZE"
  | "MAX_VARIABLES_ITEMS"
  | "MAX_VARIABLES_DEPTH"
  | "MAX_SUBSCRIPTIONS";

/**
 * Error for a request that exceeds a limit. Its status is 400 whatever media type the client accepts, because nothing was
 * executed.
 *
 * @param has the amount as a sentence without its end: `"The document has 201 aliases"`
 * @param found the count at which counting stopped, just beyond the limit
 */
export function limitExceeded(has: string, name: LimitName, allowed: number, found: number): GraphQLError {
  return new GraphQLError(`${has}; at most ${allowed} are allowed (${name}).`, {
    extensions: {
      code: "LIMIT_EXCEEDED" satisfies Code,
      limit: { name, allowed, found: Math.min(found, Number.MAX_SAFE_INTEGER) },
      http: { status: 400 },
    },
  });
}
