import type { UserGroup } from "../../cloudflare/user-groups.ts";
import { builder } from "../builder.ts";
import { costs, write } from "../cost.ts";
import { parseGlobalId } from "../node.ts";
import { type PolicyNode, type PolicyOwner, policyIn } from "../policy.ts";
import { UserGroupRef } from "../user-group.ts";
import { isConfirmed, unlessConfirmedForAll } from "./confirmation.ts";
import { conflict, type InputCheck, type Reference } from "./input.ts";
import { mutation } from "./mutation.ts";
import type { PathMapper } from "./mutation-error-mapping.ts";
import { confirmField } from "./mutation-errors.ts";
import { labelCalls, PolicyChangeInput, PolicyInput, wholePolicy, writtenPolicy } from "./policy-input.ts";
import { unlessAsSent } from "./read-back.ts";
import { describe } from "./user-group.ts";
import { asWritten, callsOf, groupNode, writeGroup } from "./user-group-write.ts";

const policyId =
  "The policy, by global ID or Cloudflare's: `\"f267e341f3dd4697bd3b9f71dd96247f\"`. Cloudflare's changes with every write to the group; the global ID stays until the policy is changed.";

const AddUserGroupPolicyInput = builder.inputType("AddUserGroupPolicyInput", {
  description: "A policy to add to a user group.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    policy: t.field({
      type: PolicyInput,
      required: true,
      description:
        'The policy: `{ access: ALLOW, permissionGroupIds: ["…"], resourceGroups: [{ scope: { account: true } }] }`. The current policies stay.',
    }),
    expectedRevision: t.string({ description: describe.expectedRevision }),
  }),
});

const UpdateUserGroupPolicyInput = builder.inputType("UpdateUserGroupPolicyInput", {
  description: "Changes to one policy of a user group.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    policyId: t.id({ required: true, description: policyId }),
    policy: t.field({
      type: PolicyChangeInput,
      required: true,
      description: "Changes: `{ access: ALLOW }`. Omitted fields stay unchanged.",
    }),
    expectedRevision: t.string({ description: describe.expectedRevision }),
    confirm: t.field(confirmField),
  }),
});

const RemoveUserGroupPolicyInput = builder.inputType("RemoveUserGroupPolicyInput", {
  description: "A policy to remove from a user group.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    policyId: t.id({ required: true, description: policyId }),
    expectedRevision: t.string({ description: describe.expectedRevision }),
    confirm: t.field(confirmField),
  }),
});

const says =
  "Cloudflare has no endpoint for one policy, so all of them are read and sent again, each under a new Cloudflare ID. Costs 2 calls, " +
  `3 with a revision${unlessAsSent}`;
const cost = write(says, callsOfPolicy);
const takingCost = write(says, (input) => (isConfirmed(input.confirm) ? callsOfPolicy(input) : null));

function callsOfPolicy({
  policy,
  expectedRevision,
}: {
  policy?: PolicyChangeInput | null;
  expectedRevision?: string | null;
}): number {
  return callsOf(true, expectedRevision) + labelCalls(policy && [policy]);
}

/** A policy's key in its group: behind a global ID of that group, or raw. */
function keyIn(check: InputCheck, group: Reference, id: string): string {
  if (/^[0-9A-Za-z]{32}$/.test(id)) return id;
  try {
    const { type, parts } = parseGlobalId(id, "policyId");
    const [accountId, ownerType, ownerId, key = ""] = parts;
    // Of a group that could not be told nothing is known that the policy could contradict.
    const same = ownerId === group.id && (accountId === group.accountId || group.accountId === "");
    if (type === "Policy" && ownerType === "UserGroup" && same) return key;
    check.problem(["policyId"], type === "Policy" ? "is of another group" : `must be of type Policy, not ${type}`);
  } catch {
    check.problem(["policyId"], "must be a Cloudflare ID of 32 letters and digits, or a global ID");
  }
  return id;
}

/** Only one of the policies that are sent is the input's: what Cloudflare says of another has no place there. */
function only(own: number): PathMapper {
  return ([list, at, ...rest]) => (list === "policies" && at === String(own) ? ["policy", ...rest] : []);
}

/** A policy of the current group. */
function policyOf(current: UserGroup, key: string, group: Reference): PolicyNode {
  const node = groupNode(group, current);
  const found = policyIn(node as PolicyOwner, key);
  if (found) return found;
  throw conflict(
    "The group has no such policy (any more): its policies were written since you read them. Nothing was sent.",
    { current: node },
  );
}

mutation("addUserGroupPolicy", {
  ...costs(cost, (calls) => `Adds one policy to a user group. ${calls}`),
  input: AddUserGroupPolicyInput,
  node: ["userGroup", UserGroupRef, "The group after the write; all its policies have new Cloudflare IDs."],
  prepare: ({ userGroupId, accountId, policy, expectedRevision }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    const added = wholePolicy(check, policy, group.accountId, ["policy"]);
    const revision = check.revision(expectedRevision);
    return async (context, progress) => {
      const from = (current: UserGroup) => {
        const whole = asWritten(current);
        progress.places(only(whole.policies.length));
        return { ...whole, policies: [...whole.policies, added] };
      };
      return writeGroup({ group, revision, from }, context, progress);
    };
  },
});

mutation("updateUserGroupPolicy", {
  confirms: true,
  ...costs(takingCost, (calls) => `Changes one policy of a user group. ${calls} ${unlessConfirmedForAll}`),
  input: UpdateUserGroupPolicyInput,
  node: ["userGroup", UserGroupRef, "The group after the write; all its policies have new Cloudflare IDs."],
  prepare: ({ userGroupId, accountId, policyId, policy, expectedRevision, confirm }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    const key = keyIn(check, group, String(policyId));
    const { access, permissionGroupIds, permissionGroupLabels, resourceGroups } = policy;
    check.change({ access, permissionGroupIds, permissionGroupLabels, resourceGroups }, ["policy"]);
    const changed = writtenPolicy(check, policy, group.accountId, ["policy"]);
    const revision = check.revision(expectedRevision);
    return async (context, progress) => {
      const from = (current: UserGroup) => {
        const at = current.policies.indexOf(policyOf(current, key, group).record);
        const whole = asWritten(current);
        progress.places(only(at));
        return { ...whole, policies: whole.policies.map((each, i) => (i === at ? { ...each, ...changed } : each)) };
      };
      return writeGroup({ group, revision, from, takes: { confirm } }, context, progress);
    };
  },
});

mutation("removeUserGroupPolicy", {
  confirms: true,
  ...costs(takingCost, (calls) => `Removes one policy from a user group. ${calls} ${unlessConfirmedForAll}`),
  input: RemoveUserGroupPolicyInput,
  node: ["userGroup", UserGroupRef, "The group after the write; its remaining policies have new Cloudflare IDs."],
  deleted: ["removedPolicyId", "Global ID of the removed policy."],
  prepare: ({ userGroupId, accountId, policyId, expectedRevision, confirm }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    const key = keyIn(check, group, String(policyId));
    const revision = check.revision(expectedRevision);
    return async (context, progress) => {
      let deletedId = "";
      const from = (current: UserGroup) => {
        const removed = policyOf(current, key, group);
        deletedId = removed.id;
        const whole = asWritten(current);
        progress.places(() => []);
        return { ...whole, policies: whole.policies.toSpliced(current.policies.indexOf(removed.record), 1) };
      };
      const payload = await writeGroup({ group, revision, from, takes: { confirm } }, context, progress);
      return { ...payload, deletedId };
    };
  },
});
