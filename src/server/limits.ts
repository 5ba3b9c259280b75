import { GraphQLError } from "graphql";
import type { Code } from "../graph/error.ts";

/**
 * What one request may consist of, checked before anything is worked out. Fragments count wherever they are spread, and the
 * operations of a document count together. `Infinity` is any number.
 */
export interface Limits {
  /** Tokens of a document, comments included, and its lines. @default 4000 */
  tokens: number;
  /** Fields that stand within each other. @default 24 */
  depth: number;
  /** Fields with an alias. @default 200 */
  aliases: number;
  /** Fields that one operation asks of `Query` or `Mutation` itself. @default 100 */
  rootFields: number;
  /** Directives, wherever they stand. @default 50 */
  directives: number;
  /** Bytes of the variables as JSON, and of the request's `extensions`. @default 262144 */
  variablesSize: number;
}

/** The limits where nothing else is said. */
export const defaultLimits: Limits = {
  tokens: 4000,
  depth: 24,
  aliases: 200,
  rootFields: 100,
  directives: 50,
  variablesSize: 256 * 1024,
};

/**
 * How deep brackets of any kind, and selection sets with fragments opened, may stand within each other: whatever walks a
 * document by recursion stays far from the end of the stack.
 */
export const MAX_NESTING = 200;

/** Characters of a name in a document: errors repeat names, and compare them with those of the schema. */
export const MAX_NAME_LENGTH = 255;

/** Keys and items that variables may have, all levels together. Every list has a maximum of its own, too. */
export const MAX_VARIABLES_ITEMS = 10_000;

/** Objects and lists that may stand within each other in variables; the inputs of the schema need ten. */
export const MAX_VARIABLES_DEPTH = 16;

/** A bound on requests: the setting's name, or that of a fixed one. */
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
  | "MAX_VARIABLES_DEPTH";

/**
 * The refusal of a request that exceeds a limit: status 400 whatever media type the caller accepts, because nothing of it
 * was looked at. `found` is where counting stopped, which it does once the limit is passed.
 *
 * @param has what the request has too much of, as the message's subject: `"The document has 201 aliases"`
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
