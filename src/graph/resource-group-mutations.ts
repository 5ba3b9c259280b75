import { type ResourceGroup, resourceGroups } from "../cloudflare/resource-groups.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { costs, write } from "./cost.ts";
import { conflict, InputCheck, type Reference } from "./input.ts";
import { mutation } from "./mutation.ts";
import { globalId } from "./node.ts";
import { ScopeInput, type WrittenScope, writtenScope } from "./policy-input.ts";
import { ResourceGroupNode, ResourceGroupRef } from "./resource-group.ts";

const describe = {
  group:
    'The group: its global id, or Cloudflare\'s id together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.',
  accountId:
    'The account, by global id or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw id only.',
};

function nodeOf(accountId: string, row: ResourceGroup): ResourceGroupNode {
  return new ResourceGroupNode(accountId, row);
}

const CreateResourceGroupInput = builder.inputType("CreateResourceGroupInput", {
  description: "A resource group to create.",
  fields: (t) => ({
    accountId: t.id({
      required: true,
      description: 'The account, by global id or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
    }),
    name: t.string({ required: true, description: 'Its name: `"EU zones"`. Cloudflare allows it twice.' }),
    scope: t.field({
      type: ScopeInput,
      required: true,
      description: 'What is in it: `{ zoneIds: ["23f8d65290b24279ba6f44721b3eaad5"] }`.',
    }),
  }),
});

mutation("createResourceGroup", {
  ...costs(
    write("Costs 1 call.", () => 1),
    (calls) => `Creates a resource group, for policies to name. ${calls}`,
  ),
  input: CreateResourceGroupInput,
  node: ["resourceGroup", ResourceGroupRef, "The new group."],
  work: async ({ accountId, name, scope }, { loaders }, progress) => {
    const check = new InputCheck();
    const account = check.account(String(accountId));
    const body = { name: check.name(name), scope: writtenScope(check, scope, account, ["scope"]) };
    check.done();
    const { result, messages } = await loaders.send(resourceGroups.create, { account_id: account }, body);
    progress.written();
    loaders.prime(resourceGroups, { account_id: account }, result);
    return { node: nodeOf(account, result), messages };
  },
});

const UpdateResourceGroupInput = builder.inputType("UpdateResourceGroupInput", {
  description: "What to change of a resource group. What is left out stays.",
  fields: (t) => ({
    id: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    name: t.string({ description: 'Its new name: `"EU zones"`.' }),
    scope: t.field({
      type: ScopeInput,
      description:
        'All that shall be in it: `{ zoneIds: ["23f8d65290b24279ba6f44721b3eaad5"] }`. Every policy that names the group follows.',
    }),
  }),
});

mutation("updateResourceGroup", {
  ...costs(
    write("Costs 1 call when both are given, 2 when one is.", ({ name, scope }) => (name != null && scope ? 1 : 2)),
    (calls) =>
      `Renames a resource group, changes what is in it, or both: whoever has a policy on it gains or loses resources at once. ${calls}`,
  ),
  input: UpdateResourceGroupInput,
  node: ["resourceGroup", ResourceGroupRef, "The group as it is now."],
  work: async ({ id, accountId, name, scope }, context, progress) => {
    const check = new InputCheck();
    const group = check.first("ResourceGroup", "id", String(id), accountId?.toString());
    check.change({ name, scope });
    const newName = name == null ? undefined : check.name(name);
    const newScope = scope ? writtenScope(check, scope, group.accountId, ["scope"]) : undefined;
    check.done();
    return context.sequence.run(`${group.accountId}/${group.id}`, async () => {
      const body =
        newName !== undefined && newScope
          ? { name: newName, scope: newScope }
          : await rest(group, context, newName, newScope);
      const params = { account_id: group.accountId, resource_group_id: group.id };
      const { result, messages } = await context.loaders.send(resourceGroups.update, params, body);
      progress.written();
      context.loaders.prime(resourceGroups, { account_id: group.accountId }, result);
      return { node: nodeOf(group.accountId, result), messages };
    });
  },
});

/** The whole group, with what was left out read and repeated. */
async function rest({ accountId, id }: Reference, { loaders }: Context, name?: string, scope?: WrittenScope) {
  loaders.forget();
  const current = await loaders.one(resourceGroups, { account_id: accountId }, id);
  const [only, ...more] = current.scope ?? [];
  if (!scope && (!only || more.length > 0)) {
    throw conflict(
      "The group has not exactly one scope, so it cannot be sent again as it is: give `scope`, too. Nothing was sent.",
      {
        current: nodeOf(accountId, current),
      },
    );
  }
  const whole = name ?? current.name;
  return { ...(whole != null && { name: whole }), scope: scope ?? (only as WrittenScope) };
}

const DeleteResourceGroupInput = builder.inputType("DeleteResourceGroupInput", {
  description: "A resource group to delete.",
  fields: (t) => ({
    id: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
  }),
});

mutation("deleteResourceGroup", {
  ...costs(
    write("Costs 1 call; it cannot be undone.", () => 1),
    (calls) =>
      "Deletes a resource group. Policies that name it no longer validate: take it out of them first. One that Cloudflare made is " +
      `a \`ConflictError\`. ${calls}`,
  ),
  input: DeleteResourceGroupInput,
  deleted: "Global id of the group that is gone.",
  work: async ({ id, accountId }, { loaders, sequence }, progress) => {
    const check = new InputCheck();
    const group = check.first("ResourceGroup", "id", String(id), accountId?.toString());
    check.done();
    const params = { account_id: group.accountId, resource_group_id: group.id };
    const { messages } = await sequence.run(`${group.accountId}/${group.id}`, () =>
      loaders.send(resourceGroups.remove, params),
    );
    progress.written();
    return { deletedId: globalId("ResourceGroup", group.accountId, group.id), messages };
  },
});
