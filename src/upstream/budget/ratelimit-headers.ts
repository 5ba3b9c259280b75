import { parseList, Token } from "structured-headers";

/** One named policy of `Ratelimit-Policy`: so many units in so many seconds. */
export interface Policy {
  name: string;
  units: number;
  seconds: number;
}

/** One named item of `Ratelimit`: so many units remain, for so many seconds (null where it does not say). */
export interface Remainder {
  name: string;
  left: number;
  seconds: number | null;
}

/** A header with more policies, or longer names, is ignored: each one takes memory and time. */
const most = 8;
const printable = /^[\x20-\x7e]{1,64}$/;
const day = 86_400;

/** Reads `Ratelimit-Policy` [D]: `"burst";q=100;w=60, "default";q=1200;w=300`. Items that make no sense are left out. */
export function policiesOf(text: string): Policy[] {
  return items(text).flatMap(({ name, of }) => {
    const [units, seconds] = [of("q"), of("w")];
    return units && seconds && seconds <= day ? [{ name, units, seconds }] : [];
  });
}

/** Reads `Ratelimit` [D]: `"default";r=1199;t=1`. Items that make no sense are left out. */
export function remaindersOf(text: string): Remainder[] {
  // The form that every answer has: the parser takes 2 µs, and there may be a hundred answers in an operation.
  const [, name, left, seconds] = /^"([\w -]{1,64})";r=(\d{1,9});t=(\d{1,9})$/.exec(text) ?? [];
  if (name !== undefined) return [{ name, left: Number(left), seconds: Number(seconds) }];
  return items(text).flatMap(({ name, of }) => {
    const left = of("r");
    return left === null ? [] : [{ name, left, seconds: of("t") }];
  });
}

/** The items of a structured field (RFC 9651), with their parameters that are whole numbers from 0 on. */
function items(text: string): { name: string; of: (parameter: string) => number | null }[] {
  try {
    return parseList(text)
      .slice(0, most)
      .flatMap(([name, parameters]) => {
        // A name is a string [D]; a token says the same.
        if ((typeof name !== "string" && !(name instanceof Token)) || !printable.test(String(name))) return [];
        const of = (parameter: string) => {
          const value = parameters.get(parameter);
          return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
        };
        return [{ name: String(name), of }];
      });
  } catch {
    return [];
  }
}
