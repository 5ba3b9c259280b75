import { idOf } from "./id-generator.ts";
import { accountKey, zoneKey } from "./seed.ts";
import type { AccountState, ApiToken } from "./state.ts";

/** Permission groups of the catalogue of API tokens, which is another one than that of members: with other names and IDs [D]. */
const scopes: Record<string, string> = {
  "DNS Write": "com.cloudflare.api.account.zone",
  "Zone Read": "com.cloudflare.api.account.zone",
  "Cache Purge": "com.cloudflare.api.account.zone",
  "Logs Read": "com.cloudflare.api.account",
};

type Resources = ApiToken["policies"][number]["resources"];
type Statement = [effect: "allow" | "deny", names: string[], resources: Resources];

function token(account: AccountState, name: string, rest: Partial<ApiToken>, ...statements: Statement[]): void {
  const id = idOf("api token", account.details.id, name);
  const policies = statements.map(([effect, names, resources], n) => ({
    id: idOf("token policy", id, n),
    effect,
    permission_groups: names.map((each) => ({
      id: idOf("token permission group", each),
      name: each,
      meta: { label: each.toLowerCase().replaceAll(" ", "_"), scopes: scopes[each] ?? "" },
    })),
    resources,
  }));
  const dates = { issued_on: "2025-02-03T08:14:00Z", modified_on: "2025-02-03T08:14:00Z" };
  account.apiTokens.set(id, { id, name, status: "active", ...dates, ...rest, policies });
}

/** Acme's tokens: in use, never used, forgotten, disabled, expired; one made by somebody who has left. */
export function acmeTokens(account: AccountState): void {
  const all = accountKey(account.details.id);
  const allZones = { [all]: { "com.cloudflare.api.account.zone.*": "*" } };
  token(
    account,
    "terraform-dns",
    { creator_email_at_creation: "mara.lindqvist@acme.example", last_used_on: "2026-11-20T06:02:11Z" },
    ["allow", ["DNS Write", "Zone Read"], allZones],
  );
  token(
    account,
    "purge-on-deploy",
    {
      creator_email_at_creation: "tomas.herrera@acme.example",
      last_used_on: "2026-11-25T17:40:55Z",
      condition: { request_ip: { in: ["203.0.113.0/24"], not_in: ["203.0.113.66/32"] } },
    },
    ["allow", ["Cache Purge"], { [zoneKey("shop.acme.example")]: "*", [zoneKey("cdn.acme.example")]: "*" }],
  );
  token(account, "log-shipper", { creator_email_at_creation: "ruth.alder@acme.example" }, [
    "allow",
    ["Logs Read"],
    { [all]: "*" },
  ]);
  token(
    account,
    "purge-all-but-checkout",
    { last_used_on: "2024-06-01T00:00:00Z", provisioner_type: "oauth", provisioner_id: null },
    ["allow", ["Cache Purge"], allZones],
    ["deny", ["Cache Purge"], { [zoneKey("checkout.acme.example")]: "*" }],
  );
  token(
    account,
    "old-importer",
    { status: "disabled", last_used_on: "2023-10-12T11:00:00Z", not_before: "2023-01-01T00:00:00Z" },
    ["allow", ["Cache Purge", "DNS Write"], allZones],
  );
  token(account, "migration", { status: "expired", expires_on: "2025-12-31T23:59:59Z" }, [
    "allow",
    ["DNS Write"],
    { "com.cloudflare.api.account.*": "*" },
  ]);
}
