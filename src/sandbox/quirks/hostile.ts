import { isObject, isUserGroup, type QuirkHooks } from "./quirk.ts";

/** What somebody may call a group who means harm to whoever shows, sorts or stores names. */
export const hostileName =
  "../../\u0000\u0007\u202e<script>alert('x')</script>\"; DROP TABLE groups; -- __proto__ \ud800 {{7*7}}";

/** Ids that would lead somewhere else, or that break whoever takes them for plain text. */
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

/** What nobody has seen Cloudflare answer (assumed), and what must not harm if it does, or if somebody answers for it. */
export const hostile = {
  /** Every name is hostile, and keeps its own at the end; free attributes name the prototype. */
  hostileNames: (): QuirkHooks => ({
    value(key, value) {
      if (/^(name|first_name|last_name|label)$/.test(key) && typeof value === "string") return `${hostileName}${value}`;
      if (key !== "meta" || !isObject(value)) return value;
      return { ...value, ...JSON.parse(`{"constructor": "x"}`) };
    },
  }),

  /** The first user groups that are answered have one hostile id each. */
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
