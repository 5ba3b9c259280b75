import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe } from "vitest";
import { setup, setupOverHttp } from "../../gateway.ts";
import { account, acme, documentOf, expect, groupNamed, mutateBy, people, test } from "./mutation.ts";

const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";

/** What a client posts that renames a group. */
function post(id: string, name: string, signal: AbortSignal): RequestInit & { body: string } {
  const confirm = ["LAST_SUPER_ADMINISTRATOR", "OWN_MEMBERSHIP"];
  const input = { accountId: account, userGroupId: id, name, policies: [], confirm };
  return {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
    body: JSON.stringify({ query: documentOf("updateUserGroup"), variables: { input } }),
    signal,
  };
}

describe("a client that leaves does not end its write", () => {
  test("nor keeps the next write to the group waiting", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { gateway, run, sandbox } = setup({}, ({ handle }) => (request) => {
      if (request.method === "PUT") signals.push(request.signal);
      return handle(request);
    });
    const { id } = groupNamed(sandbox, "Marketing");
    const leaving = new AbortController();
    sandbox.stub(`PUT ${group}`, () => {
      leaving.abort();
      return undefined;
    });
    await Promise.allSettled([gateway.fetch("http://gateway/graphql", post(id, "Growth", leaving.signal))]);
    const input = { accountId: account, userGroupId: id, memberIds: people(sandbox, 0) };
    const { result } = await mutateBy(run)("addUserGroupMembers", input);
    expect(result.__typename).toBe("AddUserGroupMembersPayload");
    expect(acme(sandbox).userGroups.get(id)?.name).toBe("Growth");
    expect(sandbox.calls.filter(({ method }) => method === "PUT")).toMatchObject([{ status: 200 }]);
    expect(signals.map((signal) => signal?.aborted ?? false)).toEqual([false]);
  });

  test("over HTTP, on both sides of the gateway", async () => {
    await using fixture = await setupOverHttp({ jitter: [0, 1] });
    const { gateway, sandbox, run } = fixture;
    const server = createServer(gateway);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { id } = groupNamed(sandbox, "Marketing");
    const leaving = new AbortController();
    const gone = Promise.withResolvers<void>();
    server.once("request", (_request, response) => response.once("close", gone.resolve));
    sandbox.stub(`PUT ${group}`, async () => {
      leaving.abort();
      // Until the gateway has noticed, too.
      await gone.promise;
      return undefined;
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    await expect(fetch(url, post(id, "Growth", leaving.signal))).rejects.toThrow("aborted");
    const { result } = await mutateBy(run)("updateUserGroup", { accountId: account, userGroupId: id, policies: [] });
    expect(result.__typename).toBe("UpdateUserGroupPayload");
    expect(acme(sandbox).userGroups.get(id)?.name).toBe("Growth");
    expect(sandbox.calls.map(({ method, status }) => [method, status])).toEqual([
      ["PUT", 200],
      ["GET", 200],
      ["PUT", 200],
    ]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
