import * as z from "zod";
import { isPathId } from "../../cloudflare/endpoint.ts";
import { permissionGroups } from "../../cloudflare/permission-groups.ts";
import type { Context } from "../context.ts";
import { readGlobalId } from "../node.ts";
import { type FieldError, MutationError, type MutationErrorData } from "./mutation-errors.ts";

/** Characters of a name or a key; Cloudflare's own names end at 120. */
const MAX_NAME = 255;

const RawId = z.string().regex(/^[0-9A-Za-z]{32}$/, "must be a Cloudflare ID of 32 letters and digits, or a global ID");
const Name = z
  .string()
  .max(MAX_NAME, `must be at most ${MAX_NAME} characters`)
  .regex(/^(?=.*\S)[^\p{Cc}]*$/u, "must not be blank or hold control characters");
const Key = z.string().max(MAX_NAME, `must be at most ${MAX_NAME} characters`).regex(/\S/, "must not be empty");
const Revision = z
  .string()
  .regex(/^[\w-]{22}$/, "must be a `revision` as it was read; leave it out to write whatever is there");
const Domain = z
  .string()
  .max(253, { error: "must be at most 253 characters", abort: true })
  .regex(
    /^([0-9a-z]([0-9a-z-]{0,61}[0-9a-z])?\.)+[a-z][0-9a-z-]{0,61}[0-9a-z]$/i,
    "must be a domain such as example.com",
  );

const Email = z
  .string()
  .max(90, { error: "must be at most 90 characters", abort: true })
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+\.[^\s@.\p{Cc}]+$/u, "must be an e-mail address such as mara@example.com");

/** Problems of one input that are reported. An input with more has the same mistake many times. */
const MAX_PROBLEMS = 100;

/** An object that an input names. */
export interface Reference {
  accountId: string;
  id: string;
}

type Path = readonly (string | number)[];

/**
 * Checks one input before anything is called. Problems are collected, each with its path, and thrown together by
 * {@link done}; until then a value with a problem is returned as it came.
 */
export class InputCheck {
  readonly #problems: FieldError[] = [];
  #accountId = "";
  readonly #labels: { label: string; path: Path; group: { id: string }; beside: { id: string }[] }[] = [];

  /** Notes a problem, unless there are enough of them. */
  problem(path: Path, message: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ path: path.map(String), message });
  }

  /** Ends the checks: nothing is called when anything was wrong. */
  done(): void {
    if (this.#problems.length > 0) throw invalidInput(this.#problems);
  }

  /**
   * Ends the checks, and finds the permission groups that were named by {@link labels}: 1 call for each label. A label of none,
   * or of several, is a mistake of the input like any other.
   */
  async found({ loaders }: Context): Promise<void> {
    this.done();
    const params = { account_id: this.#accountId };
    for (const { label, path, group, beside } of this.#labels) {
      const records = await loaders.list(permissionGroups.list, { ...params, label });
      const [one, ...more] = records.filter(({ meta }) => meta?.label === label);
      if (!one) this.problem(path, "is the label of no permission group");
      else if (more.length > 0) this.problem(path, "is the label of several permission groups: name one by its ID");
      else if (beside.some(({ id }) => id === one.id)) this.problem(path, "is there already");
      else group.id = one.id;
    }
    this.done();
  }

  /** Permission groups by label, beside others by ID. They have their IDs once {@link found} has found them. */
  labels(labels: readonly string[], path: Path, ids: readonly string[]): { id: string }[] {
    this.distinct(labels, path);
    const groups = labels.map(() => ({ id: "" }));
    const beside = [...ids.map((id) => ({ id })), ...groups];
    for (const [i, group] of groups.entries()) {
      const here = [...path, i];
      this.#labels.push({ label: this.key(labels[i] as string, here), path: here, group, beside });
    }
    return groups;
  }

  /** An account: raw or global ID. */
  account(id: string): string {
    this.#accountId = this.#resolve("Account", id, ["accountId"], undefined).id;
    return this.#accountId;
  }

  /** The first reference of an input: a global ID, or a raw one together with `accountId`. */
  first(type: string, field: string, id: string, accountId: string | null | undefined): Reference {
    const account = accountId == null ? undefined : this.account(accountId);
    const found = this.#resolve(type, id, [field], isRaw(account ?? "") ? account : undefined);
    if (account === undefined && found.accountId === "" && isRaw(id))
      this.problem(["accountId"], `is needed with a raw \`${field}\``);
    this.#accountId = found.accountId;
    return found;
  }

  /** A further reference, of the same account: a raw or global ID. */
  reference(type: string, id: string, accountId: string, path: Path): string {
    return this.#resolve(type, id, path, accountId).id;
  }

  /** Further references, none twice. */
  references(type: string, ids: readonly (string | number)[], accountId: string, path: Path): string[] {
    const found = ids.map((id, i) => this.reference(type, String(id), accountId, [...path, i]));
    this.distinct(found, path);
    return found;
  }

  /** A list in which nothing may come twice. */
  distinct(values: readonly string[], path: Path): void {
    const seen = new Set<string>();
    for (const [i, value] of values.entries()) {
      if (seen.has(value)) this.problem([...path, i], "is there already");
      seen.add(value);
    }
  }

  /** A list that must not be empty. */
  some(values: readonly unknown[], path: Path): void {
    if (values.length === 0) this.problem(path, "must not be empty");
  }

  /** A name for people. */
  name(name: string, path: Path = ["name"]): string {
    return this.#leaf(Name, name, path);
  }

  /** A key of Cloudflare's that this graph does not know, such as that of a resource. */
  key(key: string, path: Path): string {
    return this.#leaf(Key, key, path);
  }

  /** An e-mail domain. */
  domain(domain: string, path: Path): string {
    return this.#leaf(Domain, domain, path);
  }

  /** An e-mail address. */
  email(email: string): string {
    return this.#leaf(Email, email, ["email"]);
  }

  /** Of two fields that say the same in two ways, one. */
  oneOf(given: Record<string, unknown>): void {
    const names = Object.keys(given).map((name) => `\`${name}\``);
    const count = Object.values(given).filter((value) => value != null).length;
    if (count !== 1)
      this.problem([], `needs exactly one of ${names.join(" and ")}, not ${count === 0 ? "none" : "both"}`);
  }

  /** An ID of something that this graph does not know: a zone. */
  raw(id: string, path: Path): string {
    return this.#leaf(RawId, id, path);
  }

  /** The revision that the caller saw, if they say so. */
  revision(revision: string | null | undefined): string | undefined {
    return revision == null ? undefined : this.#leaf(Revision, revision, ["expectedRevision"]);
  }

  /** A change, of which something must be given. */
  change(given: Record<string, unknown>, path: Path = []): void {
    const names = Object.keys(given).map((name) => `\`${name}\``);
    if (Object.values(given).every((value) => value == null)) {
      this.problem(path, `changes nothing: give ${names.join(" or ")}`);
    }
  }

  #leaf(schema: z.ZodType<string>, value: string, path: Path): string {
    const checked = schema.safeParse(value);
    if (!checked.success) this.problem(path, checked.error.issues[0]?.message ?? "is not allowed");
    return value;
  }

  /** Account and ID behind a global ID, which must be of this type and account, or behind a raw one. */
  #resolve(type: string, id: string, path: Path, accountId: string | undefined): Reference {
    if (isRaw(id)) return { accountId: accountId ?? "", id };
    const { type: found, parts = [] } = readGlobalId(id) ?? {};
    const [account = "", own = account] = parts;
    if (!found) this.problem(path, RawId.safeParse(id).error?.issues[0]?.message ?? "");
    else if (found !== type) this.problem(path, `must be of type ${type}, not ${found}`);
    else if (accountId && account !== accountId) this.problem(path, "is of another account");
    else if (parts.length > 2 || !isPathId(own))
      this.problem(path, "is of something without an ID of Cloudflare's, which no write can name");
    else return { accountId: account, id: own };
    return { accountId: accountId ?? "", id };
  }
}

function isRaw(id: string): boolean {
  return RawId.safeParse(id).success;
}

/** An input that cannot be used, with all that is wrong with it. */
export function invalidInput(fields: FieldError[]): MutationError {
  const lines = fields.map(
    ({ path, message }) => `${path.length > 0 ? `\`${path.join(".")}\`` : "The input"} ${message}`,
  );
  return new MutationError({ type: "InvalidInputError", message: `${lines.join("; ")}.`, fields });
}

/** A conflict with what is there now. */
export function conflict(
  message: string,
  facts: Partial<Extract<MutationErrorData, { type: "ConflictError" }>> = {},
): MutationError {
  return new MutationError({ type: "ConflictError", written: false, ...facts, message });
}
