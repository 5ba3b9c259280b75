import { describe, expect, test } from "vitest";
import { placeholders } from "../src/cloudflare/endpoint.ts";
import { endpoints } from "../src/cloudflare/index.ts";
import { createSandbox } from "../src/sandbox/sandbox.ts";
import { aboutAnswer, published } from "./contract.ts";

if (!published) console.log("contract: skipped; set CLOUDFLARE_OPENAPI to the published OpenAPI file to run it");

const scope = { key: "com.cloudflare.api.account.zone.1", objects: [{ key: "*" }] };
const grant = { access: "allow", permission_groups: [{ id: "49ce85367bae433b9f0717ed4fea5c74" }], resource_groups: [{ scope }] };
const bodies: Record<string, unknown[]> = {
  "POST /accounts/{account_id}/iam/resource_groups": [{ name: "Edge", scope }],
  "PUT /accounts/{account_id}/iam/resource_groups/{resource_group_id}": [{ name: "Edge", scope }],
  "POST /accounts/{account_id}/iam/user_groups": [{ name: "Edge", policies: [grant] }],
  "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}": [{ policies: [grant] }, { policies: [] }],
  "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members": [[]],
  "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}/members": [[]],
  "POST /accounts/{account_id}/sso_connectors": [{ email_domain: "edge.example" }],
  "PATCH /accounts/{account_id}/sso_connectors/{sso_connector_id}": [{ enabled: false }, { use_fedramp_language: true }],
};
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const methodOf = (route: string) => route.split(" ")[0] ?? "";

test("explore", async () => {
  const sandbox = createSandbox({ quota: false });
  const found = new Map<string, number>();
  let n = 0;
  const seen = new Set<string>();
  const rows = endpoints.toSorted((a, b) => methods.indexOf(methodOf(a.route)) - methods.indexOf(methodOf(b.route)) || b.route.length - a.route.length);
  for (const { route, perPage } of rows)
    for (const account of sandbox.state.accounts.values()) {
      const nobody = "0".repeat(32);
      const ids: Record<string, string[]> = {
        account_id: [account.details.id],
        member_id: [nobody, ...account.members.keys()],
        permission_group_id: [nobody, ...account.permissionGroups.keys()],
        resource_group_id: [nobody, ...account.resourceGroups.keys()],
        user_group_id: [nobody, ...account.userGroups.keys()],
        sso_connector_id: [nobody, ...account.ssoConnectors.keys()],
      };
      let paths = [route.split(" ")[1] ?? ""];
      for (const name of placeholders(route)) paths = paths.flatMap((p) => (ids[name] ?? []).map((id) => p.replace(`{${name}}`, id)));
      for (const path of paths) for (const body of bodies[route] ?? [undefined]) for (const q of perPage ? ["", "?per_page=0"] : ["", "?name=nobody"]) {
        const a = await sandbox.handle({ method: methodOf(route), url: `https://x/client/v4${path}${q}`, headers: { authorization: "Bearer sandbox-admin" }, body: JSON.stringify(body) });
        n++;
        seen.add(`${a.status} ${route}`);
        for (const c of aboutAnswer(route, a.status, JSON.parse(a.text))) {
          const k = `${a.status<400?"":"refused "}${route.replace(/.*\{account_id\}(\/iam)?/, "").replace(/\/\{\w+\}/g,"")} ${c}`;
          found.set(k, (found.get(k) ?? 0) + 1);
        }
      }
    }
  console.log(n, [...seen].sort(), [...found].map(([k,v]) => `${v} ${k}`).sort().join("\n"));
  expect(1).toBe(1);
});
