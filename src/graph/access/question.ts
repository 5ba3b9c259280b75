import { superAdministrator } from "../../access/permission.ts";
import { Directory, Question } from "../../access/question.ts";
import { accountKeyOf, type Resource, resourceOf } from "../../access/resource.ts";
import type { PolicyHolder } from "../../access/subject.ts";
import { learn } from "../../access/who-can.ts";
import { isNotFound } from "../../cloudflare/error.ts";
import { type PermissionGroup, permissionGroups } from "../../cloudflare/permission-groups.ts";
import { resourceGroups } from "../../cloudflare/resource-groups.ts";
import type { Context } from "../context.ts";
import { badInput } from "../error.ts";
import { inTurns } from "../in-turns.ts";
import type { PermissionAsked } from "./question-input.ts";
import { type Unread, unread } from "./unread.ts";

/** The catalogue where a question needs it from the start: for a label or a name. */
export function readCatalogue(accountId: string, { id }: PermissionAsked, { loaders }: Context) {
  return id === undefined ? loaders.list(permissionGroups.list, { account_id: accountId }) : Promise.resolve([]);
}

/** A question, and what of its policies remained unknown. */
export interface Asked {
  question: Question;
  /** Groups that policies name by ID alone and that could not be read, as far as they have mattered so far. */
  gaps(): Unread[];
}

/**
 * Makes a question of what was asked: with what the policies of groups and members tell of permission and resource groups and,
 * where they name some by ID alone, with the catalogue and the account's resource groups.
 */
export async function questionOf(
  accountId: string,
  asked: { permission?: PermissionAsked; resource: Resource | undefined },
  records: { catalogue: readonly PermissionGroup[]; holders: readonly PolicyHolder[] },
  context: Context,
): Promise<Asked> {
  const { permission } = asked;
  const named = permission && permission.id === undefined ? candidate(permission, records.catalogue) : undefined;
  const id = permission?.id ?? named?.id;
  const { directory, failures } = await directoryOf(accountId, records, context, id);
  if (id !== undefined) await lookUpPermission(accountId, id, directory, context);

  const question = new Question(
    accountId,
    id === undefined ? undefined : directory.permission(id),
    asked.resource,
    directory,
  );
  return { question, gaps: () => gapsOf(question, failures) };
}

/**
 * What is known of the groups that policies name; of those that they name by ID alone, from the account's lists. `known` is the ID
 * of a permission group that is looked up by itself.
 */
async function directoryOf(
  accountId: string,
  records: { catalogue: readonly PermissionGroup[]; holders: readonly PolicyHolder[] },
  { loaders, slice }: Context,
  known?: string,
) {
  const directory = new Directory();
  for (const record of records.catalogue) directory.permissionGroup(record);
  await inTurns(learn(directory, records.holders), slice);

  const params = { account_id: accountId };
  const failures = new Map<string, Unread>();
  const complete = async <R>(kind: Unread["kind"], read: Promise<R[]>, learnRow: (record: R) => void) => {
    try {
      for (const record of await read) learnRow(record);
    } catch (error) {
      failures.set(kind, unread(kind, null, error));
    }
  };
  const reads: Promise<void>[] = [];
  if (directory.unnamed.some((each) => each !== known)) {
    const read = loaders.list(permissionGroups.list, params);
    reads.push(complete("permissionGroups", read, (record) => directory.permissionGroup(record)));
  }
  if (directory.unplaced.length > 0) {
    const read = loaders.list(resourceGroups.list, params);
    reads.push(complete("resourceGroups", read, (record) => directory.resourceGroup(record)));
  }
  await Promise.all(reads);
  return { directory, failures };
}

/** The question who is a Super Administrator, about these policies. */
export async function superAdministratorQuestion(
  accountId: string,
  holders: readonly PolicyHolder[],
  context: Context,
): Promise<Question> {
  const { directory } = await directoryOf(accountId, { catalogue: [], holders }, context);
  return new Question(accountId, superAdministrator, resourceOf(accountKeyOf(accountId), accountId), directory);
}

function gapsOf({ gaps }: Question, failures: ReadonlyMap<string, Unread>): Unread[] {
  return (["permissionGroups", "resourceGroups"] as const).flatMap((kind) => {
    const failure = failures.get(kind);
    if (failure) return gaps[kind].size > 0 ? [failure] : [];
    const reason = "A policy names it by ID alone, and it is not in the account's list.";
    return [...gaps[kind]].map((what) => ({ kind, what: what || null, reason }));
  });
}

/** A permission group known by its ID alone that no policy names: 1 call. */
async function lookUpPermission(accountId: string, id: string, directory: Directory, { loaders }: Context) {
  const { name, label, scopes } = directory.permission(id);
  if ((name !== undefined || label !== undefined) && scopes) return;
  try {
    directory.permissionGroup(await loaders.one(permissionGroups, { account_id: accountId }, id));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw badInput("permission.id", "names no permission group that can be granted in this account");
  }
}

/** Permission groups that an error lists. */
const MOST_CANDIDATES = 10;

function candidate({ label, name }: PermissionAsked, catalogue: readonly PermissionGroup[]): PermissionGroup {
  const argument = label === undefined ? "permission.name" : "permission.label";
  const found = catalogue.filter((record) =>
    label === undefined ? record.name === name : record.meta?.label === label,
  );
  const [one, ...more] = found;
  if (!one) throw badInput(argument, `names no permission group: ${JSON.stringify(label ?? name)}`);
  if (more.length === 0) return one;
  const shown = found.slice(0, MOST_CANDIDATES).map(({ id, meta }) => `${id} (${meta?.label ?? "without a label"})`);
  const rest = found.length > MOST_CANDIDATES ? ` and ${found.length - MOST_CANDIDATES} more` : "";
  throw badInput(
    argument,
    `is the name of ${found.length} permission groups: ${shown.join(", ")}${rest}; ask by \`id\` or \`label\``,
  );
}
