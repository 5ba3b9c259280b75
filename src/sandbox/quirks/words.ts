import { isObject, type QuirkHooks } from "./quirk.ts";

/** The first object of a type has an unknown enum value, in every answer that shows it. */
function unknown(
  kind: (value: Record<string, unknown>, route: string) => boolean,
  key: string,
  word: string,
): QuirkHooks {
  let chosen: unknown;
  return {
    value(_key, value, route) {
      if (!isObject(value) || !kind(value, route)) return value;
      chosen ??= value.id;
      return value.id === chosen ? { ...value, [key]: word } : value;
    },
  };
}

/** Words that an enum does not have yet. Every enum of the reference may grow; none was seen to (assumed). */
export const words = {
  /** A policy's `access` beside `allow` and `deny`. */
  unknownAccess: (): QuirkHooks => unknown((value) => "access" in value, "access", "audit"),

  /** A member's `status`: the SDK keeps `member` and `invited`, which no answer was seen to use [D]. */
  unknownMemberStatus: (): QuirkHooks =>
    unknown((value, route) => "status" in value && /\/members\b/.test(route) && "email" in value, "status", "invited"),

  /** An account's `type` beside `standard` and `enterprise`. */
  unknownAccountType: (): QuirkHooks => unknown((value) => "settings" in value, "type", "startup"),

  /** How far a domain's proof has come, beside the documented four; here in place of `awaiting`. */
  unknownVerification: (): QuirkHooks => ({
    value: (key, value) =>
      key === "verification" && isObject(value) && value.status === "awaiting"
        ? { ...value, status: "expired" }
        : value,
  }),

  /** Words that are properties of every JavaScript object, and so are easily taken for known. */
  wordOfThePrototype: (): QuirkHooks => unknown((value) => "access" in value, "access", "constructor"),
};
