import { exampleVariables } from "../../../src/server/examples.ts";
import { serviceMode } from "../../gateway.ts";
import { MoveToAnotherTeamDocument, PreviewMoveDocument } from "../../operations/graphql.ts";
import { account, expect, groupNamed, test } from "../mutations/mutation.ts";
import { writes } from "./apply.ts";

test("28 and 29: somebody moves to another team, previewed and asserted", async ({ run, sandbox }) => {
  const variables = exampleVariables(PreviewMoveDocument, sandbox);
  const { data, errors, calls } = await run(PreviewMoveDocument, variables);
  expect(errors).toBeUndefined();
  const preview = data?.previewChanges;
  expect(preview).toMatchObject({ complete: true, refusals: [] });
  expect(preview?.calls.filter(({ method }) => method !== "GET").map(({ method }) => method)).toEqual([
    "DELETE",
    "POST",
  ]);
  expect(new Set(preview?.accessChanges.map(({ kind }) => kind))).toEqual(new Set(["LOST", "GAINED"]));
  expect(writes(calls)).toEqual([]);

  const { input } = exampleVariables(MoveToAnotherTeamDocument, sandbox);
  const expectedRevision = preview?.revision ?? null;
  const moved = await run(MoveToAnotherTeamDocument, { input: { ...input, expectedRevision } });
  expect(moved.errors).toBeUndefined();
  expect(moved.data?.applyChanges?.__typename).toBe("ApplyChangesPayload");
  expect(writes(moved.calls)).toHaveLength(2);
  const [memberId = ""] = (variables.changes as { addUserGroupMembers?: { memberIds?: string[] } }[]).flatMap(
    (change) => change.addUserGroupMembers?.memberIds ?? [],
  );
  expect(groupNamed(sandbox, "DNS Operators").members.has(memberId)).toBe(true);
  expect(groupNamed(sandbox, "Platform Engineering").members.has(memberId)).toBe(false);

  // The first one is no longer true.
  const again = await run(MoveToAnotherTeamDocument, { input: { ...input, expectedRevision } });
  expect(again.data?.applyChanges).toMatchObject({ __typename: "ConflictError", written: false, moved: [{}, {}] });
  expect(writes(again.calls)).toEqual([]);
  expect(String(variables.account)).toBe(account);
  expect(calls.filter((route) => route === "GET /user")).toHaveLength(serviceMode ? 0 : 1);
});
