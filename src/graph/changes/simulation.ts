import { members } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import { isOfPart } from "../access/unread.ts";
import type { Context } from "../context.ts";
import { conflict } from "../mutations/input.ts";
import type { KeyedLock } from "../mutations/keyed-lock.ts";
import type { Progress } from "../mutations/mutation.ts";
import { toMutationError } from "../mutations/mutation-error-mapping.ts";
import { type Confirmation, MutationError, type MutationErrorData } from "../mutations/mutation-errors.ts";
import { groupNode } from "../mutations/user-group-write.ts";
import { type PolicyOwner, policyIn } from "../policy.ts";
import { AccountCopy } from "./account-copy.ts";
import type { Input } from "./change-input.ts";
import type { Change, Changes } from "./check.ts";
import { makeChange } from "./make-change.ts";
import { placeholderOf, withoutPlaceholders } from "./placeholders.ts";
import { type PlannedCall, PlannedCalls } from "./planned-calls.ts";
import { lastPart, resolved } from "./references.ts";
import { SimulatedLoaders } from "./simulated-loaders.ts";
import type { Naming } from "./simulated-writes.ts";

/** What would become of one change. */
export interface SimulatedChange {
  change: Change;
  /** The calls that it would make. */
  calls: PlannedCall[];
  /** Why it would not be done. */
  refusal?: MutationErrorData;
  /** What it needs a confirmation for. */
  needs: Confirmation[];
  /** Whether a membership is the caller's own could not be told. */
  ownUnknown: boolean;
  /** What it is made of: records by their route and ID. */
  seen: ReadonlyMap<string, unknown>;
  /** Whose policies it writes: as they were, and as they would be. */
  policies?: { before: readonly Policy[]; after: readonly Policy[] };
  /** The policy that it names, as it would be then, and whether an earlier change of its group writes that. */
  policy?: { content: Policy; written: boolean };
}

/** What changes would do to an account. */
export interface Simulation {
  accountId: string;
  changes: SimulatedChange[];
  copy: AccountCopy;
  /** Contexts in which the account is as it is now, and as it would be afterwards. Neither writes. */
  before: Context;
  after: Context;
}

/** The mutations of a simulation belong to nothing that is ever sent. */
const progress: Progress = { mutation: { id: "", name: "" }, written: () => {}, places: () => {} };

/**
 * Makes changes to a copy of an account, one after the other, with the code of the mutations themselves. User groups and members
 * are listed before, at once. A change that would be refused changes nothing, and those that need it are refused, too.
 */
export async function simulate(
  { accountId, changes }: Changes,
  confirm: readonly Confirmation[],
  context: Context,
): Promise<Simulation> {
  const read = context.fresh();
  const before: Context = Object.create(context, { loaders: { value: read } });
  const params = { account_id: accountId };
  const lists = await Promise.allSettled([
    read.window(userGroups.list, params, 0, Infinity),
    read.window(members.list, params, 0, Infinity),
  ]);
  // One that cannot be read is noticed where it matters. Where both cannot, it is the account, or the caller.
  const [groups, people] = lists;
  if (groups.status === "rejected" && people.status === "rejected") throw groups.reason;
  const copy = new AccountCopy(accountId, read);
  const planned = new PlannedCalls();
  const loaders = new SimulatedLoaders(copy, read, planned);
  const after: Context = Object.create(context, {
    loaders: { value: loaders },
    lock: { value: { run: (_key, write) => write(), hold: (work) => work() } satisfies KeyedLock },
    email: { value: context.email, writable: true },
  });
  const made: SimulatedChange[] = [];
  const run = new Run(accountId, after, loaders, planned);
  for (const change of changes) {
    const unmade = [...change.needs].find((at) => made[at]?.refusal);
    if (unmade === undefined) made.push(await run.change(change, confirm));
    else made.push({ change, calls: [], seen: new Map(), needs: [], ownUnknown: false, refusal: notBefore(unmade) });
  }
  return { accountId, changes: made, copy, before, after };
}

function notBefore(change: number): MutationErrorData {
  return conflict(`It names what change ${change} creates, and that change would be refused.`).data;
}

/** Makes one change after the other. */
class Run {
  readonly #accountId: string;
  readonly #context: Context;
  readonly #loaders: SimulatedLoaders;
  readonly #planned: PlannedCalls;
  readonly #copy: AccountCopy;
  #fresh = 0;

  constructor(accountId: string, context: Context, loaders: SimulatedLoaders, planned: PlannedCalls) {
    this.#accountId = accountId;
    this.#context = context;
    this.#loaders = loaders;
    this.#planned = planned;
    this.#copy = loaders.copy;
  }

  async change(change: Change, confirm: readonly Confirmation[]): Promise<SimulatedChange> {
    const given: Input = {
      ...resolved(change.input, (reference) => placeholderOf(reference.change)),
      accountId: this.#accountId,
    };
    const policy = await this.#policyOf(given);
    const input = policy ? { ...given, policyId: policy.content.id } : given;
    const before = await this.#policies(change, input);
    const done = { change, seen: new Map(), needs: [] as Confirmation[], ownUnknown: false, ...(policy && { policy }) };
    for (let confirmed = confirm; ; ) {
      const undo = this.#copy.save();
      this.#planned.begin(change.at);
      this.#loaders.seen = new Map();
      this.#loaders.naming = this.#namingOf(change, input);
      try {
        const { warnings = [] } = await makeChange(
          change.name,
          { ...input, confirm: confirmed },
          this.#context,
          progress,
        );
        done.ownUnknown ||= warnings.some(({ code }) => code === "OWN_MEMBERSHIP_UNKNOWN");
        const calls = this.#planned.end();
        const after = await this.#policies(change, input);
        const { seen } = this.#loaders;
        return { ...done, calls, seen, ...(after && { policies: { before: before ?? [], after } }) };
      } catch (error) {
        undo();
        this.#planned.end();
        const refusal = refusalOf(error);
        const more = refusal.type === "ConfirmationRequiredError" ? refusal.required : [];
        if (more.every((each) => confirmed.includes(each))) return { ...done, calls: [], refusal: shown(refusal) };
        done.needs.push(...more);
        confirmed = [...confirmed, ...more];
      } finally {
        this.#loaders.naming = undefined;
      }
    }
  }

  #namingOf({ at, name }: Change, { policyId }: Input): Naming {
    const created = placeholderOf(at);
    const fresh = () => `newPolicy${this.#fresh++}`.padEnd(32, "x");
    const key = policyId === undefined ? undefined : lastPart(String(policyId));
    return {
      created,
      fresh,
      added: name === "addUserGroupPolicy" ? created : undefined,
      changed: name === "updateUserGroupPolicy" ? key : undefined,
      removed: name === "removeUserGroupPolicy" ? key : undefined,
    };
  }

  /** The policies of whom a change gives some; nothing where it gives none, or there is no such owner. */
  async #policies({ at, name }: Change, { userGroupId, memberId, policies, policy }: Input) {
    if (policies == null && policy == null) return undefined;
    try {
      if (name === "inviteMember") return (await this.#copy.member(placeholderOf(at))).policies;
      if (memberId !== undefined) return (await this.#copy.member(lastPart(String(memberId)))).policies;
      const id = userGroupId === undefined ? placeholderOf(at) : lastPart(String(userGroupId));
      return (await this.#copy.group(id)).policies;
    } catch {
      return undefined;
    }
  }

  /**
   * The policy of a user group that an input names, as it is before the change: one that is there now keeps its ID here through all
   * changes, whatever it says by then.
   */
  async #policyOf({ userGroupId, policyId }: Input) {
    if (policyId === undefined) return undefined;
    const [id, key] = [lastPart(String(userGroupId)), lastPart(String(policyId))];
    const owner = (record: UserGroup) => groupNode({ accountId: this.#accountId, id }, record) as PolicyOwner;
    try {
      const group = await this.#copy.group(id);
      const first = this.#copy.groups.has(id) ? await this.#copy.groupAsRead(id).catch(() => undefined) : undefined;
      const seen = (first && policyIn(owner(first), key)) ?? policyIn(owner(group), key);
      const content = group.policies.find((policy) => policy === seen?.record || policy.id === seen?.record.id);
      return content?.id ? { content, written: this.#copy.groups.has(id) } : undefined;
    } catch {
      // The change itself is refused then.
      return undefined;
    }
  }
}

/** Why a change would be refused. Throws on what says nothing of the change. */
function refusalOf(error: unknown): MutationErrorData {
  if (error instanceof MutationError) return error.data;
  if (!isOfPart(error)) throw error;
  return toMutationError(error, false, () => []);
}

/** A refusal in which what changes create is named as in their inputs. */
function shown(refusal: MutationErrorData): MutationErrorData {
  const message = withoutPlaceholders(refusal.message);
  if (refusal.type !== "InvalidInputError") return { ...refusal, message };
  const fields = refusal.fields.map((field) => ({ ...field, message: withoutPlaceholders(field.message) }));
  return { ...refusal, message, fields };
}
