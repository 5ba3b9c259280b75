import { isObject, isUserGroup, type QuirkHooks } from "./quirk.ts";

/** Names of groups that are meant to harm programs that show, sort or store names. */
export const hostileName =
  "../../\u0000\u0007\u202e<script>alert('x')</script>\"; DROP TABLE groups; -- __proto__ \ud800 {{7*7}}";

/** IDs that would lead to another URL, or that break programs that treat them as plain text. */
export const hostileIds = [
  "../../members",
  "..",
  ".",
  "%2e%2e",
  "a/b",
  "a?name=b",
  "a#b",
  "<script>",
  "__proto__",
  "\u0000",
  "a\r\nx-evil: 1",
  "\ud800",
  "é",
  " ",
];

/** Answers never seen from Cloudflare (assumed). They must not harm if Cloudflare, or a proxy in its place, sends them. */
export const hostile = {
  /** Every name is hostile, and keeps its own at the end; free attributes name the prototype. */
  hostileNames: (): QuirkHooks => ({
    value(key, value) {
      if (/^(name|first_name|last_name|label)$/.test(key) && typeof value === "string") return `${hostileName}${value}`;
      if (key !== "meta" || !isObject(value)) return value;
      return { ...value, ...JSON.parse(`{"constructor": "x"}`) };
    },
  }),

  /** The first user groups that are answered have one hostile ID each. */
  hostileIds(): QuirkHooks {
    const given = new Map<unknown, string>();
    return {
      value(_key, value) {
        const id = isUserGroup(value) ? (given.get(value.id) ?? hostileIds[given.size]) : undefined;
        if (!isUserGroup(value) || id === undefined) return value;
        given.set(value.id, id);
        return { ...value, id };
      },
    };
  },
};
