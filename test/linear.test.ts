import fc from "fast-check";
import { describe } from "vitest";
import type { Policy } from "../src/cloudflare/policies.ts";
import type { UserGroup } from "../src/cloudflare/user-groups.ts";
import { TimeSlice } from "../src/execution/time-slice.ts";
import { toClientError } from "../src/graph/error.ts";
import { InputCheck } from "../src/graph/mutations/input.ts";
import type { WrittenPolicy } from "../src/graph/mutations/written-policy.ts";
import { globalId, parseGlobalId } from "../src/graph/node.ts";
import { isAsWritten, membersRevision } from "../src/graph/revision.ts";
import { scopeKeys } from "../src/graph/scope-keys.ts";
import { presented } from "../src/server/credential.ts";
import { createFile, send } from "../src/server/graphiql/file.ts";
import { RequestDeduplication } from "../src/upstream/deduplication.ts";
import { account, expect, setup, test } from "./gateway.ts";
import { slowness } from "./machine-speed.ts";
import { runs } from "./property.ts";

const MILLION = 1_000_000;
const filled = (part: string) => part.repeat(Math.ceil(MILLION / part.length));

/** Milliseconds of the fastest of three attempts: other processes may be in the way of one. */
async function time(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return Math.min(...times);
}

/** What a caller's text may take: what is quadratic takes minutes. */
const MOST = 500 * slowness();

describe("a million characters are gone through once", () => {
  const check = (use: (check: InputCheck) => unknown) => () => use(new InputCheck());
  const headers = (name: string, value: string) => new Headers({ [name]: value });
  const texts = ["=", "=x", "a.", `${"a".repeat(60)}.`, "a-", " ", " x", "x", ".", ";q=0", "\\", '"', "%"].map(filled);

  test.for(texts.map((text) => [text.slice(0, 8), text] as const))("%s…", async ([, text]) => {
    const attempts: Record<string, () => unknown> = {
      "as a global id": () => expect(() => parseGlobalId(`${text}x`, "id")).toThrow("is not a global ID"),
      "as a domain": check((input) => input.domain(text, [])),
      "as a name": check((input) => input.name(`${text}\u0000`)),
      "as an account": check((input) => input.account(text)),
      "as a revision": check((input) => input.revision(text)),
      "as a credential": () => presented(headers("authorization", `Bearer ${text}é`)),
      "as a key": () => presented(new Headers({ "x-auth-email": `${text}é`, "x-auth-key": text })),
      "in a message": () => toClientError(new Error(text), "id", () => {}),
      "as accepted encodings": async () => {
        const file = createFile("x", "text/plain");
        // Node's server ends headers at 16 kB; whoever embeds the gateway may not.
        await send(new Request("http://x", { headers: { "accept-encoding": text } }), file, {});
      },
    };
    for (const [as, attempt] of Object.entries(attempts)) expect(await time(attempt), as).toBeLessThan(MOST);
  });
});

describe("a list is gone through once", () => {
  test("of what waits for a turn of the event loop", async () => {
    const wait = async () => {
      // A clock that stands: all of it is done in one turn.
      const slice = new TimeSlice(() => 0);
      let done = 0;
      for (let i = 0; i < 500_000; i++) slice.later(() => void done++);
      await slice.turn();
      expect(done).toBe(500_000);
    };
    expect(await time(wait)).toBeLessThan(4 * MOST);
  });

  test("that must have nothing twice", async () => {
    const values = Array.from({ length: 200_000 }, (_, i) => String(i));
    expect(await time(() => new InputCheck().distinct(values, []))).toBeLessThan(MOST);
  });

  test("of long operations of one caller that are under way at once", async () => {
    const sharing = new RequestDeduplication();
    const work = () => {
      const keys = new Map<string, number>();
      for (let i = 0; i < 2000; i++)
        keys.set(sharing.key("caller", `${"x".repeat(40_000)} ${String(i).padStart(4, "0")}`), i);
      expect(keys.size).toBe(2000);
    };
    expect(await time(work)).toBeLessThan(2 * MOST);
  });

  test("of policies that were written, beside those that are there", async () => {
    const policies = (shift: number): WrittenPolicy[] =>
      Array.from({ length: 100 }, (_, i) => ({
        access: "allow",
        permission_groups: [{ id: "read" }],
        resource_groups: Array.from({ length: 100 }, (_, j) => ({
          id: j === 99 ? `own ${(i + shift) % 100}` : `shared ${j}`,
        })),
      }));
    const group = { id: "group", name: "g", policies: policies(50) as Policy[] } as UserGroup;
    expect(isAsWritten(group, { policies: policies(0) })).toBe(true);
    expect(await time(() => isAsWritten(group, { policies: policies(0) }))).toBeLessThan(MOST);
  });

  test("of ids of policies of one group", async () => {
    const { run, sandbox } = setup();
    const [group] = sandbox.state.accounts.get(account)?.userGroups.values() ?? [];
    const [policy] = group?.policies ?? [];
    if (!group || !policy) throw new Error("Acme has no policy.");
    const places = Array.from({ length: 5 }, (_, i) => ({ scope: [{ key: `k${i}`, objects: [{ key: "*" }] }] }));
    group.policies = Array.from({ length: 400 }, () => ({
      ...policy,
      resource_groups: places,
    })) as unknown as typeof group.policies;
    const ids = Array.from({ length: 1000 }, (_, i) =>
      globalId("Policy", account, "UserGroup", group.id, `policy${i}`),
    );
    const started = performance.now();
    const { data } = await run<{ nodes: null[] }, object>("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids });
    expect(performance.now() - started).toBeLessThan(2 * MOST);
    expect(data?.nodes).toHaveLength(1000);
  });
});

/** As one would say it: each that was sent takes the first row left that it is the same as; groups that are named by ID come first. */
function isWrittenPlainly(group: UserGroup, sent: { name?: string; policies: WrittenPolicy[] }): boolean {
  function matches<R, S>(rows: R[], sent: S[], same: (row: R, sent: S) => boolean): boolean {
    const rest = [...rows];
    for (const each of sent) {
      const at = rest.findIndex((row) => same(row, each));
      if (at < 0) return false;
      rest.splice(at, 1);
    }
    return rest.length === 0;
  }
  return (
    (sent.name ?? group.name) === group.name &&
    matches(
      group.policies,
      sent.policies,
      (row, policy) =>
        row.access === policy.access &&
        membersRevision(row.permission_groups) === membersRevision(policy.permission_groups) &&
        matches(row.resource_groups, policy.resource_groups.toSorted(byIdFirst), (place, wanted) =>
          "id" in wanted ? place.id === wanted.id : scopeKeys(place) === scopeKeys({ scope: [wanted.scope] }),
        ),
    )
  );
}

const byIdFirst = (a: object, b: object) => Number("id" in b) - Number("id" in a);

test("what was written is told from what was not, as one would compare them", () => {
  const id = fc.constantFrom("a", "b");
  const scope = id.map((key) => ({ key, objects: [{ key: "*" }] }));
  const few = { maxLength: 3 };
  const permission_groups = fc.array(fc.record({ id }), few);
  const access = fc.constantFrom("allow", "deny");
  const sent = fc.array(
    fc.record({
      access,
      permission_groups,
      resource_groups: fc.array(fc.oneof(fc.record({ id }), fc.record({ scope })), few),
    }),
    few,
  );
  const place = fc.record({ id: fc.option(id, { nil: undefined }), scope: scope.map((one) => [one]) });
  const rows = fc.array(fc.record({ access, permission_groups, resource_groups: fc.array(place, few) }), few);
  let equal = 0;
  fc.assert(
    fc.property(sent, rows, fc.boolean(), (policies, others, own) => {
      // Mostly what was sent, as Cloudflare may answer it.
      const answered = policies.map((each) => ({
        ...each,
        resource_groups: each.resource_groups.map((one) =>
          "scope" in one
            ? { id: "a", scope: [one.scope] }
            : { id: one.id, scope: [{ key: "a", objects: [{ key: "*" }] }] },
        ),
      }));
      const group = { id: "g", name: "g", policies: own ? answered.toReversed() : others } as unknown as UserGroup;
      const written = { policies } as { policies: WrittenPolicy[] };
      const expected = isWrittenPlainly(group, written);
      equal += Number(expected && policies.length > 0);
      expect(isAsWritten(group, written)).toBe(expected);
    }),
    runs(3_000),
  );
  expect(equal).toBeGreaterThan(300);
});
