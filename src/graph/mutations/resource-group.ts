import { type ResourceGroup, resourceGroups } from "../../cloudflare/resource-groups.ts";
import { isOfAccount } from "../access/super-administrators.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { costs, write } from "../cost.ts";
import { globalId } from "../node.ts";
import { ResourceGroupEdgeRef, ResourceGroupNode, ResourceGroupRef } from "../resource-group.ts";
import { scopeKeys } from "../scope-keys.ts";
import { isConfirmed, unlessConfirmedForAll, whereConfirmed } from "./confirmation.ts";
import { conflict, type Reference } from "./input.ts";
import { mutation, type Payload, type Progress } from "./mutation.ts";
import { type Confirmation, confirmField } from "./mutation-errors.ts";
import { ScopeInput, writtenScope } from "./policy-input.ts";
import { confirmGone, MOST_READ_BACKS, readBack, type Sent, send, unlessAsSent, unlessSaidDone } from "./read-back.ts";
import type { WrittenScope } from "./written-policy.ts";

const describe = {
  group:
    'The group: its global ID, or Cloudflare\'s ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.',
  accountId:
    'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only.',
};

function nodeOf(accountId: string, record: ResourceGroup): ResourceGroupNode {
  return new ResourceGroupNode(accountId, record);
}

const CreateResourceGroupInput = builder.inputType("CreateResourceGroupInput", {
  description: "A resource group to create.",
  fields: (t) => ({
    accountId: t.id({
      required: true,
      description: 'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
    }),
    name: t.string({ required: true, description: 'Name: `"EU zones"`. Names are not unique.' }),
    scope: t.field({
      type: ScopeInput,
      required: true,
      description: 'Scope of the group: `{ zoneIds: ["23f8d65290b24279ba6f44721b3eaad5"] }`.',
    }),
  }),
});

mutation("createResourceGroup", {
  ...costs(
    write(`Costs 1 call${unlessAsSent}`, () => 1 + MOST_READ_BACKS),
    (calls) => `Creates a resource group for use in policies. ${calls}`,
  ),
  input: CreateResourceGroupInput,
  node: ["resourceGroup", ResourceGroupRef, "The new group."],
  edge: ["resourceGroupEdge", ResourceGroupEdgeRef, resourceGroups.list],
  prepare: ({ accountId, name, scope }, check) => {
    const account = check.account(String(accountId));
    const body = { name: check.name(name), scope: writtenScope(check, scope, account, ["scope"]) };
    return async (context, progress) => {
      const sent = await send(context, progress, resourceGroups.create, { account_id: account }, body);
      // Names are not unique: without its ID the group cannot be identified.
      return confirmed(sent, { accountId: account, id: sent.result?.id ?? undefined }, body, context, progress);
    };
  },
});

const UpdateResourceGroupInput = builder.inputType("UpdateResourceGroupInput", {
  description: "Changes to a resource group. Omitted fields stay unchanged.",
  fields: (t) => ({
    resourceGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    name: t.string({ description: 'Its new name: `"EU zones"`.' }),
    scope: t.field({
      type: ScopeInput,
      description:
        'The new scope: `{ zoneIds: ["23f8d65290b24279ba6f44721b3eaad5"] }`. It applies to every policy with this group.',
    }),
    confirm: t.field(confirmField),
  }),
});

mutation("updateResourceGroup", {
  ...costs(
    write(`Costs 1 call when both are given, 2 when one is${unlessAsSent}`, ({ name, scope, confirm }) =>
      !scope || isConfirmed(confirm) ? (name != null && scope ? 1 : 2) + MOST_READ_BACKS : null,
    ),
    (calls) =>
      `Renames a resource group, changes its scope, or both. The change applies at once to every policy with this group. ` +
      `${calls} For a scope: ${unlessConfirmedForAll}`,
  ),
  confirms: true,
  input: UpdateResourceGroupInput,
  node: ["resourceGroup", ResourceGroupRef, "The group as it is now."],
  prepare: ({ resourceGroupId, accountId, name, scope, confirm }, check) => {
    const group = check.first("ResourceGroup", "resourceGroupId", String(resourceGroupId), accountId?.toString());
    check.change({ name, scope });
    const newName = name == null ? undefined : check.name(name);
    const newScope = scope ? writtenScope(check, scope, group.accountId, ["scope"]) : undefined;
    return async (context, progress) => {
      return context.lock.run(`${group.accountId}/${group.id}`, async () => {
        const body =
          newName !== undefined && newScope
            ? { name: newName, scope: newScope }
            : await rest(group, context, newName, newScope);
        const params = { account_id: group.accountId, resource_group_id: group.id };
        const update = async () => {
          const sent = await send(context, progress, resourceGroups.update, params, body);
          return confirmed(sent, group, body, context, progress);
        };
        return newScope ? whereConfirmed(taking(group, [newScope], confirm, context), context, update) : update();
      });
    };
  },
});

/** What less of a resource group takes away. Super Administrators depend on one of the whole account alone. */
function taking(
  group: Reference,
  scope: WrittenScope[],
  confirm: readonly Confirmation[] | null | undefined,
  context: Context,
) {
  const mayDemote = async () => isConfirmed(confirm) || isOfAccount(group.accountId, await read(group, context));
  return { accountId: group.accountId, confirm, mayDemote, change: { resourceGroup: { id: group.id, scope } } };
}

/** The group as it is after a write: from Cloudflare's answer if that holds all that was sent, else read by its ID. */
async function confirmed(
  sent: Sent<ResourceGroup>,
  { accountId, id }: { accountId: string; id: string | undefined },
  body: { name?: string; scope: WrittenScope },
  context: Context,
  progress: Progress,
): Promise<Payload<ResourceGroupNode>> {
  const record = await readBack(sent, progress, {
    isAsSent: ({ name, scope }) =>
      (body.name ?? name) === name && scopeKeys({ scope }) === scopeKeys({ scope: [body.scope] }),
    read: async () => (id === undefined ? undefined : read({ accountId, id }, context)),
    sent: body,
    node: (now) => nodeOf(accountId, now),
    otherwise:
      "The group was written, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
  });
  context.loaders.prime(resourceGroups, { account_id: accountId }, record);
  return { node: nodeOf(accountId, record), messages: sent.messages };
}

async function read({ accountId, id }: Reference, { loaders }: Context): Promise<ResourceGroup> {
  loaders.forget();
  return loaders.one(resourceGroups, { account_id: accountId }, id);
}

/** The whole group, with what was left out read and repeated. */
async function rest(group: Reference, context: Context, name?: string, scope?: WrittenScope) {
  const current = await read(group, context);
  const [only, ...more] = current.scope ?? [];
  if (!scope && (!only || more.length > 0)) {
    throw conflict(
      "The group has not exactly one scope, so it cannot be sent again as it is: give `scope`, too. Nothing was sent.",
      {
        current: nodeOf(group.accountId, current),
      },
    );
  }
  const whole = name ?? current.name;
  return { ...(whole != null && { name: whole }), scope: scope ?? (only as WrittenScope) };
}

const DeleteResourceGroupInput = builder.inputType("DeleteResourceGroupInput", {
  description: "A resource group to delete.",
  fields: (t) => ({
    resourceGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    confirm: t.field(confirmField),
  }),
});

mutation("deleteResourceGroup", {
  ...costs(
    write(`Costs 1 call${unlessSaidDone} It cannot be undone.`, ({ confirm }) => (isConfirmed(confirm) ? 2 : null)),
    (calls) =>
      "Deletes a resource group. Policies that name it no longer validate: take it out of them first. One that Cloudflare made is " +
      `a \`ConflictError\`. ${calls} ${unlessConfirmedForAll}`,
  ),
  confirms: true,
  input: DeleteResourceGroupInput,
  deleted: ["deletedId", "Global ID of the deleted group."],
  prepare: ({ resourceGroupId, accountId, confirm }, check) => {
    const group = check.first("ResourceGroup", "resourceGroupId", String(resourceGroupId), accountId?.toString());
    return async (context, progress) => {
      const params = { account_id: group.accountId, resource_group_id: group.id };
      const remove = async () => {
        const sent = await send(context, progress, resourceGroups.remove, params);
        await confirmGone(sent, progress, () => read(group, context));
        return sent;
      };
      const { messages, warnings } = await context.lock.run(`${group.accountId}/${group.id}`, () =>
        whereConfirmed(taking(group, [], confirm, context), context, remove),
      );
      return { deletedId: globalId("ResourceGroup", group.accountId, group.id), messages, warnings };
    };
  },
});
