import { GraphQLError } from "graphql";
import type { Verdict } from "../../access/verdict.ts";
import { answer } from "../access/access.ts";
import { VerdictEnum } from "../access/answer.ts";
import {
  ownId,
  type PermissionInput,
  permissionArgument,
  permissionAsked,
  type ResourceInput,
  resourceArgument,
  resourceAsked,
} from "../access/question-input.ts";
import { builder } from "../builder.ts";
import { conflict, invalidInput } from "../mutations/input.ts";
import type { FieldError } from "../mutations/mutation-errors.ts";
import type { Changes } from "./check.ts";
import { placeholderOf, withoutPlaceholders } from "./placeholders.ts";
import { problemOf, resolved } from "./references.ts";
import type { Simulation } from "./simulation.ts";

/** What somebody may do afterwards. */
export interface ExpectedAccess {
  memberId: string | number;
  permission: PermissionInput;
  on: ResourceInput;
  verdict: Verdict;
}

export const ExpectedAccessInput = builder.inputType("ExpectedAccess", {
  description: "What a member may do, or may not, once all changes are made.",
  fields: (t) => ({
    memberId: t.id({
      required: true,
      description:
        'The member, by global ID or Cloudflare\'s, or `"#2"` for whom change 2 invites: `"4536bcfad5faccb111b47003c79917fa"`.',
    }),
    permission: t.field(permissionArgument),
    on: t.field(resourceArgument),
    verdict: t.field({
      type: VerdictEnum,
      required: true,
      description: "The answer to this question afterwards: `ALLOWED`. Of somebody who is no member, `NOT_GRANTED`.",
    }),
  }),
});

/** Checks what is expected, and calls nothing. */
export function checkExpected(expected: readonly ExpectedAccess[], { accountId, changes }: Changes): void {
  const names = changes.map(({ name }) => name);
  const problems: FieldError[] = [];
  for (const [i, each] of expected.entries()) {
    const at = ["expect", String(i)];
    const { memberId } = resolved({ memberId: String(each.memberId) }, (reference) => {
      const wrong =
        reference.change < names.length ? problemOf(reference, names.length, names) : "must name one of the changes";
      if (wrong) problems.push({ path: [...at, "memberId"], message: wrong });
      return placeholderOf(reference.change);
    });
    for (const check of [
      () => ownId("Member", String(memberId), accountId, "memberId"),
      () => permissionAsked(each.permission, accountId),
      () => resourceAsked(each.on, accountId),
    ]) {
      try {
        check();
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        const path = String(error.extensions.argument).split(".");
        problems.push({ path: [...at, ...path], message: error.message.replace(/^`[^`]*` /, "").replace(/\.$/, "") });
      }
    }
  }
  if (problems.length > 0) throw invalidInput(problems);
}

/** Makes sure that everything expected would hold. */
export async function mustHold(expected: readonly ExpectedAccess[], { accountId, after }: Simulation): Promise<void> {
  const failures: string[] = [];
  for (const [i, { memberId, permission, on, verdict }] of expected.entries()) {
    const { memberId: id } = resolved({ memberId: String(memberId) }, ({ change }) => placeholderOf(change));
    const asked = {
      memberId: ownId("Member", String(id), accountId, "memberId"),
      permission: permissionAsked(permission, accountId),
      on: resourceAsked(on, accountId),
    };
    const found = await answer({ type: "Account", id: accountId }, asked, after);
    const is = found?.verdict ?? "notGranted";
    if (is === verdict) continue;
    const sentence = found ? withoutPlaceholders(found.sentence) : "They would be no member of the account.";
    failures.push(`\`expect.${i}\` would be ${nameOf(is)}, not ${nameOf(verdict)}: ${sentence}`);
  }
  if (failures.length > 0) throw conflict(`${failures.join(" ")} Nothing was sent.`);
}

/** The verdict in the words of the schema. */
function nameOf(verdict: Verdict): string {
  return verdict.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
