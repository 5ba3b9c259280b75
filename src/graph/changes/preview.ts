import type { GraphQLResolveInfo } from "graphql";
import { members } from "../../cloudflare/members.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { type Unread, UnreadRef } from "../access/unread.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { assumes, costs, evaluation } from "../cost.ts";
import type { MutationErrorData } from "../mutations/mutation-errors.ts";
import { type AccessChanges, accessChanges } from "./access-changes.ts";
import { type ChangeInput, changesInput } from "./change-input.ts";
import type { ChangeWarning } from "./change-warning.ts";
import { accountIdOf, type Changes, checkArguments } from "./check.ts";
import type { PlannedCall } from "./planned-calls.ts";
import { AccessChangeRef, ChangeRefusalRef, ChangeWarningRef, PlannedCallRef } from "./preview-objects.ts";
import { type Part, partsOf, wordOf } from "./revision.ts";
import { type Simulation, simulate } from "./simulation.ts";
import { warningsOf } from "./warnings.ts";

/** What changes would do. */
export interface Preview {
  simulation: Simulation;
  access: AccessChanges;
  parts: Part[];
  warnings: ChangeWarning[];
  unread: Unread[];
}

/** Works out what changes would do. Nothing is written, and nothing remembered is used. */
export async function previewOf(
  changes: Changes,
  confirm: Parameters<typeof simulate>[1],
  context: Context,
): Promise<Preview> {
  const simulation = await simulate(changes, confirm, context);
  const access = await accessChanges(simulation);
  const { warnings, unread } = await warningsOf(simulation, access);
  const parts = await partsOf(simulation, access);
  return { simulation, access, parts, warnings, unread: [...access.unread, ...unread] };
}

/** The calls of all changes, in order. */
export function callsOf({ changes }: Simulation): PlannedCall[] {
  return changes.flatMap(({ calls }) => calls);
}

/** Changes that would be refused, and why. */
export function refusalsOf({ changes }: Simulation): { change: number; error: MutationErrorData }[] {
  return changes.flatMap(({ change, refusal }) => (refusal ? [{ change: change.at, error: refusal }] : []));
}

const ChangePreviewRef = builder.objectRef<Preview>("ChangePreview");
ChangePreviewRef.implement({
  description:
    "What changes would do to an account, worked out from what was read for it. Objects that the changes would create have made-up " +
    "IDs here. Cloudflare may refuse what looks right here: it does not say everything that it checks.",
  fields: (t) => ({
    revision: t.string({
      nullable: false,
      description:
        "Opaque version token (like an ETag) of everything that the changes touch, as it was read: user groups and who is in them, " +
        "members, resource groups. Send it as `expectedRevision` of `applyChanges`.",
      resolve: ({ parts }) => wordOf(parts),
    }),
    calls: t.field({
      type: [PlannedCallRef],
      nullable: false,
      ...assumes(10),
      description:
        "The REST calls of the changes, in order, if nothing goes wrong; none of a change that would be refused. `applyChanges` also " +
        "reads what this preview reads, before, and what was changed, afterwards.",
      resolve: ({ simulation }) => callsOf(simulation),
    }),
    accessChanges: t.field({
      type: [AccessChangeRef],
      nullable: false,
      ...assumes(20),
      description:
        "Who gains and who loses which grant, by e-mail address. A grant that a member keeps through something else is no change; one " +
        "that another grant of theirs includes is.",
      resolve: ({ access, simulation: { accountId } }) => access.changes.map((each) => ({ ...each, accountId })),
    }),
    refusals: t.field({
      type: [ChangeRefusalRef],
      nullable: false,
      ...assumes(1),
      description: "Changes that would be refused. The others are previewed without them; `applyChanges` sends none.",
      resolve: ({ simulation }) => refusalsOf(simulation),
    }),
    warnings: t.field({
      type: [ChangeWarningRef],
      nullable: false,
      ...assumes(3),
      description: "What to look at before the changes are applied.",
      resolve: ({ warnings }) => warnings,
    }),
    complete: t.boolean({
      nullable: false,
      description: "Whether everything was read that the preview rests on: whether `unread` is empty.",
      resolve: ({ unread }) => unread.length === 0,
    }),
    unread: t.field({
      type: [UnreadRef],
      nullable: false,
      ...assumes(1),
      description: "What could not be read. What depends on it is `MAYBE`.",
      resolve: ({ unread }) => unread,
    }),
  }),
});

const cost =
  "Costs 1 call per 500 user groups and 1 per 50 members; 1 per user group that changes, that grants the same, or in which somebody was " +
  "who leaves; 1 per 50 permission groups and 1 for all resource groups where a policy names one by ID alone; 1 for each label; 1 for the " +
  "caller's own user where rights are taken away; 1 per 50 API tokens where a member leaves.";

builder.queryField("previewChanges", (t) =>
  t.field({
    type: ChangePreviewRef,
    nullable: true,
    ...costs(
      evaluation(
        cost,
        (args: Arguments, _accountId, inputs) => {
          checkArguments(args, inputs);
          return { lists: [userGroups.list, members.list] };
        },
        false,
        ({ accountId }: Arguments) => accountIdOf(accountId),
      ),
      (calls) =>
        "What changes would do to an account, before anything is sent: which calls they would make, who would gain and who would lose " +
        `what, and what would be refused. Nothing is written, and nothing that was remembered is used. ${calls}`,
    ),
    args: {
      accountId: t.arg.id({
        required: true,
        description: 'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
      }),
      changes: t.arg(changesInput),
    },
    resolve: (_root, args, context, { parentType, fieldName }: GraphQLResolveInfo) =>
      previewOf(checkArguments(args, parentType.getFields()[fieldName]?.args ?? []), [], context),
  }),
);

interface Arguments {
  accountId: string | number;
  changes: ChangeInput[];
}
