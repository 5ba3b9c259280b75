import type { GraphQLArgument } from "graphql";
import { isRawId } from "../argument.ts";
import { badInput } from "../error.ts";
import { InputCheck, invalidInput } from "../mutations/input.ts";
import { tooLongLists } from "../mutations/list-lengths.ts";
import { preparationOf } from "../mutations/mutation.ts";
import { type FieldError, MutationError } from "../mutations/mutation-errors.ts";
import { readGlobalId } from "../node.ts";
import type { ChangeInput, ChangeName, Input } from "./change-input.ts";
import { placeholderOf } from "./placeholders.ts";
import { problemOf, resolved } from "./references.ts";

/** A change whose input was checked, as it was given. */
export interface Change {
  at: number;
  name: ChangeName;
  input: Input;
  /** Changes whose creations it names. */
  needs: ReadonlySet<number>;
}

/** Changes of one account. */
export interface Changes {
  accountId: string;
  changes: Change[];
}

/** Fields of an input that belong to all changes together. */
const ofAll = ["expectedRevision", "confirm"];

/** Checks an account and changes to it, and calls nothing. Throws all problems together, each with its path. */
export function checkChanges(accountId: string, given: readonly ChangeInput[]): Changes {
  const check = new InputCheck();
  const account = check.account(accountId);
  check.some(given, ["changes"]);
  check.done();
  const names = given.map(nameOf);
  const problems: FieldError[] = [];
  const changes = given.map((each, at): Change => {
    const name = names[at] as ChangeName;
    const input = (each[name] ?? {}) as Input;
    const needs = new Set<number>();
    const problem = (path: string[], message: string) =>
      problems.push({ path: ["changes", String(at), name, ...path], message });
    for (const field of ofAll) {
      if (input[field] != null) problem([field], "must be left out: it is given once, for all changes together");
    }
    const whole = resolved(input, (reference) => {
      const wrong = problemOf(reference, at, names);
      if (wrong) problem(reference.path, wrong);
      needs.add(reference.change);
      return placeholderOf(reference.change);
    });
    for (const { path, message } of problemsOf(name, whole, account)) problem(path, message);
    return { at, name, input, needs };
  });
  if (problems.length > 0) throw invalidInput(problems);
  return { accountId: account, changes };
}

function nameOf(change: ChangeInput): ChangeName {
  return Object.keys(change).find((name) => change[name as ChangeName] != null) as ChangeName;
}

/** What the mutation itself, and the account of all changes, have to say of an input. */
function problemsOf(name: ChangeName, input: Input, account: string): FieldError[] {
  const problems = new InputCheck();
  try {
    const own = new InputCheck();
    if (input.accountId != null && own.account(String(input.accountId)) !== account) {
      own.done();
      problems.problem(["accountId"], "must be the account of all changes, or be left out");
    }
    problems.done();
    preparationOf(name).prepare({ ...input, accountId: account }, problems);
    problems.done();
    return [];
  } catch (error) {
    if (error instanceof MutationError && error.data.type === "InvalidInputError") return error.data.fields;
    throw error;
  }
}

/** The same for a field of a query: what is wrong is the field's error. Lists that are too long are refused before. */
export function checkArguments(
  args: { accountId: string | number; changes: readonly ChangeInput[] },
  inputs: readonly GraphQLArgument[],
): Changes {
  const [long] = tooLongLists(inputs, args);
  if (long) throw badInput(long.path.join("."), long.message);
  try {
    return checkChanges(String(args.accountId), args.changes);
  } catch (error) {
    if (!(error instanceof MutationError && error.data.type === "InvalidInputError")) throw error;
    const [first, ...others] = error.data.fields;
    const more = others.map(({ path, message }) => `; \`${path.join(".")}\` ${message}`).join("");
    throw badInput(first?.path.join(".") ?? "changes", `${first?.message ?? "is not allowed"}${more}`);
  }
}

/** The account of a field's arguments; throws the caller's mistake. */
export function accountIdOf(accountId: string | number): string {
  const id = String(accountId);
  const { type, parts = [] } = readGlobalId(id) ?? {};
  if (isRawId(id)) return id;
  if (type === "Account") return parts[0] ?? "";
  throw badInput("accountId", "must be an account's global ID, or a Cloudflare ID of 32 letters and digits");
}
