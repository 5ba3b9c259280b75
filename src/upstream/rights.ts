/** What a caller may do in an account; `write` includes `read`. */
export type AccessLevel = "read" | "write";

/** What a caller may do, by account ID; `"*"` stands for every account. An account without an entry is closed to them. */
export type Rights = ReadonlyMap<string, AccessLevel>;

/** Whether something is {@link Rights}. */
export function isRights(given: unknown): given is Rights {
  return (
    given instanceof Map &&
    Array.from(given).every(([id, level]) => typeof id === "string" && (level === "read" || level === "write"))
  );
}

/** Whether rights allow something in an account; with `"*"`, whether they allow it in every account. */
export function allows(rights: Rights, account: string, needs: AccessLevel): boolean {
  return [rights.get(account), rights.get("*")].some((level) => level === needs || level === "write");
}

/** The accounts that rights name, sorted, or `"*"` where they allow every account. */
export function accountsOf(rights: Rights | null): readonly string[] | "*" {
  return rights === null || rights.has("*") ? "*" : [...rights.keys()].sort();
}

/** Rights as one text: the same for equal rights, in whatever order they were given. */
export function rightsKey(rights: Rights | null): string {
  return JSON.stringify(rights && [...rights].sort(([a], [b]) => (a < b ? -1 : 1)));
}
