import { parse } from "graphql";
import { globalId } from "../../src/graph/node.ts";
import { schema } from "../../src/graph/schema.ts";
import { type Plan, planOf } from "../../src/plan/plan.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { account, test as base, expect, type RunOperation, setup, tally } from "../gateway.ts";

/** Raw variables of an operation. */
export type Variables = Record<string, unknown>;

/** A test of reads alone: those of one world share a sandbox. */
export const test = base.extend("worlds", { scope: "file" }, () => {
  const fixtures = new Map<string, ReturnType<typeof setup>>();
  return (options: SandboxOptions) => {
    const key = JSON.stringify(options);
    const known = fixtures.get(key) ?? setup(options, undefined, { maxCalls: false });
    fixtures.set(key, known);
    return known;
  };
});

/** The plan of the only operation. */
export function plan(query: string, variables: Variables = {}): Plan {
  return planOf(schema, parse(query), undefined, variables);
}

/** Runs it, holds the calls against the plan, and tells how many they were. */
export async function costs(run: RunOperation, query: string, variables: Variables = {}): Promise<number> {
  const { calls } = await run<unknown, Variables>(query, variables);
  const { min, max } = plan(query, variables);
  const told = `${query}: ${JSON.stringify({ min, max })}, but ${JSON.stringify(tally(calls))}`;
  expect(min <= calls.length && calls.length <= (max ?? Number.POSITIVE_INFINITY), told).toBe(true);
  return calls.length;
}

/** A query of one account's fields. */
export const within = (fields: string) => `{ account(id: "${account}") { ${fields} } }`;
/** More groups than two pages have. */
export const many: SandboxOptions = { groups: 1200, membersPerGroup: 0 };
/** Groups with more members than a page has. */
export const large: SandboxOptions = { groups: 4, membersPerGroup: 510, members: 600 };
/** An ID as Cloudflare's are, of nothing. */
export const raw = (n: number) => String(n).padStart(32, "0");
/** Global ID of a group that is not there. */
export const groupBy = (n: number) => globalId("UserGroup", account, raw(n));
/** Global ID of a resource group that is not there. */
export const resourcesBy = (n: number) => globalId("ResourceGroup", account, raw(n));
