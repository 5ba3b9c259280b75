import { isObject, isUserGroup, type QuirkHooks } from "./quirk.ts";

function empty(to: null | undefined | []): QuirkHooks {
  return {
    value(key, value) {
      if (key === "errors" || key === "messages") return value;
      if (Array.isArray(value) && value.length === 0) return to;
      if (key === "result" && value === null) return to;
      return isUserGroup(value) && !("policies" in value) && to !== undefined ? { ...value, policies: to } : value;
    },
  };
}

function fractions(digits: number): QuirkHooks {
  return {
    value: (key, value) =>
      typeof value === "string" && /_(on|at)$/.test(key)
        ? value.replace(/(?:\.(\d+))?Z$/, (_, fraction = "") => `.${fraction.padEnd(digits, "0").slice(0, digits)}Z`)
        : value,
  };
}

/** Spellings of values, in any object. */
export const shapes = {
  /** `scope` is an array in older references and SDKs (to May 2026), one object in every answer that was seen [D][S]. */
  scopeAsArray: (): QuirkHooks => ({ value: (key, value) => (key === "scope" ? [value] : value) }),

  /** `meta` is `{ key, value }` by the reference, a map of strings in fact [D][S]. One entry is all that it can hold. */
  metaAsKeyValue: (): QuirkHooks => ({
    value(key, value) {
      if (key !== "meta" || !isObject(value)) return value;
      const name = "label" in value ? "label" : "editable";
      return { key: name, value: value[name] };
    },
  }),

  /** Booleans of `meta` come as strings [S]; as booleans they would be in JSON's own manner (assumed). */
  metaWithBooleans: (): QuirkHooks => ({
    value: (key, value) => (key === "editable" && typeof value === "string" ? value === "true" : value),
  }),

  /** An empty list is `null`: seen of resource groups and group members, here of every list [S]. */
  emptyAsNull: (): QuirkHooks => empty(null),

  /** An empty list is left out: a user group without policies has no `policies` key [D]; here of every list. */
  emptyAsAbsent: (): QuirkHooks => empty(undefined),

  /** An empty list is `[]`, as the reference has it: policies and group members too [D]. */
  emptyAsArray: (): QuirkHooks => empty([]),

  /** More fields than the reference knows: `status: "V"`, `permissions`, `legacy_flags` were seen [S]; here everywhere. */
  unknownFields: (): QuirkHooks => ({
    // Maps have no fields: `meta`, `permissions`, and the resources of a token, also those within a resource.
    value: (key, value) =>
      isObject(value) && !/^(meta|permissions|resources|com\..*)$/.test(key)
        ? { ...value, surprise: { of: ["tomorrow"] } }
        : value,
  }),

  /** Timestamps with four fractional digits, as in the examples of the reference [D]. */
  fourFractionalDigits: (): QuirkHooks => fractions(4),

  /** Timestamps with six fractional digits, as user groups carry them [D]. */
  sixFractionalDigits: (): QuirkHooks => fractions(6),

  /** A success with remarks: items of `messages` without a code, or with `type: null` [S]. */
  remarks: (): QuirkHooks => ({
    value: (key, value) =>
      key === "messages"
        ? [
            { message: "Deprecated", type: null },
            { code: 10042, message: null },
          ]
        : value,
  }),
};
