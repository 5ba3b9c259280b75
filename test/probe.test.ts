import { test } from "vitest";
import { oddities, type Oddity } from "../src/sandbox/oddities.ts";
import type { SandboxOptions } from "../src/sandbox/sandbox.ts";
import { account, stage } from "./gateway.ts";
import { FullGraphDocument } from "./operations/graphql.ts";

const wide = `query ($account: String!) {
  accounts { totalCount nodes { name type createdOn } }
  account(id: $account) {
    name type createdOn settings { abuseContactEmail enforceTwofactor } managedBy { parentOrgName }
    groups: userGroups(last: 3) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { name createdOn modifiedOn } }
    found: userGroups(search: "support", first: 1) { totalCount pageInfo { hasNextPage } nodes { name } }
    named: userGroups(name: "Support Tier") { nodes { name } }
    none: userGroups(name: "nobody") { totalCount nodes { name } }
    members { totalCount pageInfo { hasNextPage } nodes { email status user { cloudflareId email firstName lastName }
      roles { name grants { area read write } } policies { access permissionGroups { name label } resourceGroups { name } } } }
    permissionGroups(first: 100) { totalCount nodes { name label scopes description meta { key value } } }
    resourceGroups { totalCount nodes { name meta { key value } scopes { key objects { key } } } }
    nothing: resourceGroups(name: "nobody") { nodes { name } }
    ssoConnectors { nodes { emailDomain enabled createdOn updatedOn verification { status } } }
  }
}`;

async function ask(options: SandboxOptions) {
  const texts: string[] = [];
  const { run, sandbox } = stage(options, (sandbox) => async (request) => {
    const response = await sandbox.handle(request);
    texts.push(request.route + response.text);
    return response;
  });
  const group = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])].find(({ name }) => name === "Security");
  group?.policies.push({ ...group.policies[0]!, id: "f".repeat(32), resource_groups: [{ ...group.policies[0]!.resource_groups[0]!, id: "f".repeat(32) }] });
  const out = {
    full: await run(FullGraphDocument, { account }),
    paged: await run(FullGraphDocument, { account, groups: 5, members: 3 }),
    wide: await run<object, object>(wide, { account }),
  };
  return { out, texts };
}
function diff(a: unknown, b: unknown, path = ""): string[] {
  if (Object.is(a, b)) return [];
  if (typeof a === "object" && typeof b === "object" && a && b) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((k) => diff((a as any)[k], (b as any)[k], `${path}.${k}`));
  }
  return [`${path}: ${JSON.stringify(a)?.slice(0, 80)} -> ${JSON.stringify(b)?.slice(0, 80)}`];
}
test("probe", async () => {
  const plain = await ask({});
  console.log("plain", plain.out.full.calls.length, plain.out.paged.calls.length, plain.out.wide.calls.length, JSON.stringify(plain.out.full.errors), plain.out.wide.errors);
  for (const name of Object.keys(oddities) as Oddity[]) {
    const options = name.startsWith("limit") ? { quota: { requests: 18, seconds: 300 } } : {};
    const base = name.startsWith("limit") ? await ask(options) : plain;
    const odd = await ask({ ...options, oddities: [name] });
    console.log("==", name, odd.texts.join() === base.texts.join() ? "NO EFFECT" : "");
    for (const op of ["full", "paged", "wide"] as const) {
      const d = diff(base.out[op].data, odd.out[op].data);
      const e = odd.out[op].errors ?? [];
      console.log("  ", op, "calls", odd.out[op].calls.length - base.out[op].calls.length, "diffs", d.length, d.slice(0, 3), "errors", e.length, e.slice(0, 2).map((x) => `${x.path?.join(".")} ${x.extensions?.code} ${x.message}`));
    }
  }
});
