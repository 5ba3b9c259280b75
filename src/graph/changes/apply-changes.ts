import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { assumes, costs, write } from "../cost.ts";
import { atMost } from "../list-limit.ts";
import { confirmationRequired } from "../mutations/confirmation.ts";
import { conflict, invalidInput } from "../mutations/input.ts";
import { mutation, type Progress } from "../mutations/mutation.ts";
import { toMutationError } from "../mutations/mutation-error-mapping.ts";
import { type Confirmation, confirmField, MutationError } from "../mutations/mutation-errors.ts";
import type { Node } from "../node.ts";
import { Application, type Applied, type AppliedChange } from "./apply.ts";
import { type ChangeInput, changesInput } from "./change-input.ts";
import { type Changes, checkChanges } from "./check.ts";
import { checkExpected, type ExpectedAccess, ExpectedAccessInput, mustHold } from "./expectation.ts";
import { PartialChangeErrorRef } from "./partial-change-error.ts";
import { callsOf, type Preview, previewOf, refusalsOf } from "./preview.ts";
import { AccessChangeRef, PlannedCallRef } from "./preview-objects.ts";
import { isRevision, movedSince, wordOf } from "./revision.ts";
import { callsToCompare, differencesFrom } from "./state-after.ts";

/** Expectations of one request. */
const MAX_EXPECTED = 50;

const AppliedChangeRef = builder.objectRef<AppliedChange>("AppliedChange");
AppliedChangeRef.implement({
  description: "A change that was made.",
  fields: (t) => ({
    change: t.exposeInt("change", { nullable: false, description: "Index of the change, from 0." }),
    node: t.field({
      type: builder.nodeInterfaceRef(),
      description: "What was created or changed, as it was after this change; null for what is gone.",
      resolve: ({ node }) => node,
    }),
  }),
});

const ApplyChangesInput = builder.inputType("ApplyChangesInput", {
  description: "Changes to make, and what has to be so that they are made.",
  fields: (t) => ({
    accountId: t.id({
      required: true,
      description: 'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
    }),
    changes: t.field(changesInput),
    expectedRevision: t.string({
      description:
        '`ChangePreview.revision` of the same changes: `"4g9K3ZFSB-l0AmzbMpzupjXu…"`. If anything that they touch has changed since, ' +
        "nothing is sent, and the result is a `ConflictError` that says what has.",
    }),
    expect: t.field({
      type: [ExpectedAccessInput],
      ...atMost(
        MAX_EXPECTED,
        'What has to hold once all changes are made, or nothing is sent: `[{ memberId: "…", permission: { label: "dns_admin" }, on: { account: true }, verdict: ALLOWED }]`.',
      ),
    }),
    confirm: t.field(confirmField),
  }),
});

/** What was made of the changes. */
interface Done {
  preview: Preview;
  applied: Applied;
}

mutation("applyChanges", {
  ...costs(
    write(
      "Costs what the preview costs, and as much of it again as it reads for the account's Super Administrators; its calls; and 1 call, or a " +
        "list, for everything that was changed, up to three times; and what each question in `expect` costs.",
      () => null,
    ),
    (calls) =>
      "Makes several changes of access, one after the other, as `previewChanges` shows them. Nothing is sent unless all calls fit the quota " +
      "and the limits, no change would be refused, `expectedRevision` still holds, and so would everything in `expect`. Then each call is " +
      "sent once; the first failure stops it (`PartialChangeError`), and so does a shutdown of the gateway. Cloudflare has no " +
      "transactions: what was done is not undone. At the end everything is read back, up to three times in five seconds; if it differs, the " +
      `result is a \`ConflictError\` with \`written: true\`. ${calls} Its Super Administrators, and your own membership, are protected as in the ` +
      "single mutations. Changes of one account follow one another in one process of the gateway.",
  ),
  confirms: true,
  errors: [PartialChangeErrorRef as never],
  input: ApplyChangesInput,
  more: (t) => ({
    changes: t.field({
      type: [AppliedChangeRef],
      nullable: false,
      ...assumes(10),
      description: "The changes, in order, with what they created or changed.",
      resolve: ({ parts }) => done(parts).applied.changes,
    }),
    calls: t.field({
      type: [PlannedCallRef],
      nullable: false,
      ...assumes(10),
      description: "The calls that were sent and wrote something, in order.",
      resolve: ({ parts }) => done(parts).applied.calls,
    }),
    accessChanges: t.field({
      type: [AccessChangeRef],
      nullable: false,
      ...assumes(20),
      description: "Who gained and who lost which grant, as it was worked out before.",
      resolve: ({ parts }) => {
        const { access, simulation } = done(parts).preview;
        return access.changes.map((each) => ({ ...each, accountId: simulation.accountId }));
      },
    }),
  }),
  prepare: ({ accountId, changes, expectedRevision, expect, confirm }) => {
    const checked = checkChanges(String(accountId), changes as ChangeInput[]);
    const expected = (expect ?? []) as ExpectedAccess[];
    checkExpected(expected, checked);
    if (expectedRevision != null && !isRevision(expectedRevision)) {
      throw invalidInput([{ path: ["expectedRevision"], message: "must be the `revision` of a `ChangePreview`" }]);
    }
    const asked = { checked, expected, revision: expectedRevision ?? undefined, confirm: confirm ?? [] };
    return async (context, progress) => {
      const { preview, applied } = await context.lock.run(`${checked.accountId}/changes`, async () => {
        const done = await apply(asked, context, progress);
        // Before the next changes of the account: what they write would look like a difference.
        await readBack(done.preview, done.applied, context);
        return done;
      });
      const { messages, warnings } = applied;
      return { messages, warnings, parts: [{ preview, applied } satisfies Done] };
    };
  },
});

function done(parts: unknown[] | undefined): Done {
  return parts?.[0] as Done;
}

interface Asked {
  checked: Changes;
  expected: ExpectedAccess[];
  revision: string | undefined;
  confirm: readonly Confirmation[];
}

/** Makes the changes, if everything is as it has to be. */
async function apply(
  { checked, expected, revision, confirm }: Asked,
  context: Context,
  progress: Progress,
): Promise<Done> {
  context.fresh().forget();
  const preview = await previewOf(checked, confirm, context);
  const { simulation } = preview;
  mustStand(revision, preview);
  const [refusal] = refusalsOf(simulation);
  if (refusal) throw refusedBecause(refusal, checked);
  const needs = new Set(simulation.changes.flatMap((each) => each.needs));
  if (needs.size > 0) throw confirmationRequired([...needs]);
  await mustHold(expected, simulation);
  const calls = callsOf(simulation).reduce((sum, { count }) => sum + count, 0);
  const tooMany = await context.refusalOf(calls + (await callsToCompare(simulation.copy)));
  if (tooMany) throw new MutationError(toMutationError(tooMany, false, () => []));
  return { preview, applied: await new Application(simulation, confirm, context, progress).run() };
}

/** Nothing that the changes touch may be other than it was when the revision was made. */
function mustStand(revision: string | undefined, { parts }: Preview): void {
  if (revision === undefined || wordOf(parts) === revision) return;
  const moved = movedSince(revision, parts);
  const what =
    moved.length > 0
      ? moved.map((part) => part.what).join(", ")
      : "something that is not there any more, or that these changes do not touch";
  const nodes = new Map<unknown, Node>(
    moved.map(({ node }) => [(node as { record?: { id?: unknown } }).record?.id ?? node, node]),
  );
  throw conflict(`Something was changed since the revision you saw: ${what}. Nothing was sent.`, {
    moved: [...nodes.values()],
  });
}

/** Why nothing is done: the first of the changes that would be refused. */
function refusedBecause({ change, error }: ReturnType<typeof refusalsOf>[number], { changes }: Changes): MutationError {
  const name = changes[change]?.name ?? "";
  const message = `Change ${change} (${name}) would be refused, and nothing was sent: ${error.message}`;
  if (error.type !== "InvalidInputError") return new MutationError({ ...error, message });
  const fields = error.fields.map((each) => ({ ...each, path: ["changes", String(change), name, ...each.path] }));
  return new MutationError({ ...error, message, fields });
}

/** Milliseconds before each time that the account is read back. */
const pauses = [0, 1_500, 3_500];

/** Makes sure that everything is as it should be. Cloudflare may need a moment until it shows what was written. */
async function readBack(
  { simulation }: Preview,
  { realId, calls }: Applied,
  { loaders, lock }: Context,
): Promise<void> {
  let differences: Awaited<ReturnType<typeof differencesFrom>> = [];
  for (const pause of pauses) {
    if (pause > 0) await lock.hold(() => new Promise((resolve) => setTimeout(resolve, pause)));
    loaders.forget();
    differences = await differencesFrom(simulation.copy, loaders, realId);
    if (differences.length === 0) return;
  }
  const what = differences.map((each) => each.what).join(", ");
  throw conflict(`All calls were done, and what is there now is not what was previewed: ${what}.`, {
    written: true,
    sent: calls.map(({ method, path, body }) => ({ method, path, body })),
    moved: differences.flatMap(({ node }) => node ?? []),
  });
}
