import { closestMatch } from "leven";
import * as z from "zod";

/** Options that cannot be used; the message has a line for each: its name, what was given, what is allowed and in which unit. */
export class OptionsError extends TypeError {
  override readonly name: string = "OptionsError";
}

/**
 * Throws {@link OptionsError} where options have a name that there is none of, or a value of another kind. `maker` is the
 * function that was called. What is undefined counts as left out.
 */
export function checkOptions(maker: string, schema: z.ZodType, given: unknown): void {
  const { error } = schema.safeParse(given);
  if (!error) return;
  const lines = error.issues.map(({ code, path, message }) => {
    const name = path.join(".");
    if (code === "unrecognized_keys") return `${maker}: ${name ? `${name}: ` : ""}${message}`;
    const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], given);
    if (value === undefined && name) return `${maker}: \`${name}\` is missing; it must be ${message}.`;
    return `${maker}: ${notAllowed(name ? `\`${name}: ${shown(value)}\`` : shown(value), message)}`;
  });
  throw new OptionsError(lines.join("\n"));
}

/** The line that refuses a value. */
export function notAllowed(what: string, allowed: string): string {
  return `${what} is not allowed; it must be ${allowed}.`;
}

/** A value as it may be repeated: a URL may carry a password or a key, and what is printed ends up in logs. */
export function withoutSecrets(text: string): string {
  return text.replace(/^.*@/s, "[hidden]@").replace(/[?#].*/s, "?[hidden]");
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(withoutSecrets(value).slice(0, 80));
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** An object with these names and no others. All may be left out but the required ones. */
export function object<T extends object>(shape: { [Name in keyof T]-?: z.ZodType }, ...required: (keyof T)[]) {
  const names = Object.keys(shape) as (keyof T & string)[];
  const fields = names.map((name) => [name, required.includes(name) ? shape[name] : shape[name].optional()]);
  const unknown = (name: string) => {
    const near = closestMatch(name, names, { maxDistance: Math.max(2, Math.floor(name.length / 3)) });
    return `there is no option \`${name}\`${near ? `: \`${near}\` perhaps?` : `, only ${names.join(", ")}.`}`;
  };
  return z.strictObject(Object.fromEntries(fields), {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? issue.keys.map(unknown).join(" ") : `an object with ${names.join(", ")}`,
  });
}

/** What passes this test; `allowed` is the end of a sentence. */
export function value(allowed: string, test: (value: unknown) => boolean): z.ZodType {
  return z.custom(test, allowed);
}

/** The same, or `false` for none. */
export function orFalse(schema: z.ZodType): z.ZodType {
  return z.preprocess((given) => (given === false ? undefined : given), schema.optional());
}

/** A time, as JavaScript's timers have it. */
export const milliseconds = value(
  "a number of milliseconds above 0",
  (given) => typeof given === "number" && given > 0,
);

/** The same, or 0 for a time that is up at once. */
export const millisecondsOrNone = value(
  "a number of milliseconds, 0 or more",
  (given) => typeof given === "number" && given >= 0,
);

/** How many of something, or `Infinity` for any number. */
export function count(unit: string, least = 1): z.ZodType {
  const isCount = (given: unknown) =>
    typeof given === "number" && given >= least && (Number.isInteger(given) || given === Number.POSITIVE_INFINITY);
  return value(`a whole number of ${unit}, ${least} or more`, isCount);
}

/** A whole number above 0. */
export function whole(unit: string): z.ZodType {
  return value(`a whole number of ${unit} above 0`, (given) => Number.isSafeInteger(given) && (given as number) > 0);
}

/** A function. */
export function callable(allowed = "a function"): z.ZodType {
  return value(allowed, (given) => typeof given === "function");
}

/** `true` or `false`. */
export const flag = value("true or false", (given) => typeof given === "boolean");

/** A text. */
export const text = value("a string", (given) => typeof given === "string");

/** Where an API is. */
export const BASE_URL = "an http or https URL, without user, query and fragment";

/** Whether a text is a {@link BASE_URL}. */
export function isBaseUrl(given: unknown): boolean {
  const url = typeof given === "string" ? URL.parse(given) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.href === url.origin + url.pathname;
}
