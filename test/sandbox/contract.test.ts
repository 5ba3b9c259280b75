import { describe, expect, test } from "vitest";
import { placeholders } from "../../src/cloudflare/endpoint.ts";
import { endpoints as all } from "../../src/cloudflare/index.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import type { AccountState } from "../../src/sandbox/state.ts";
import { aboutAnswer, methodOf, nounOf, published, unpublished } from "../cloudflare/contract.ts";

const endpoints = all.filter(({ route }) => !(route in unpublished));

/** What the sandbox answers and the published schemas do not know, by the fact that it rests on. */
const quirks: Record<string, string[]> = {
  "what can be granted tells its status and when it was made [D: user groups guide; S: tfp#5078]": [
    "user_groups: undocumented status",
    "policies[]: undocumented status",
    "policies[]: undocumented created_on",
    "policies[]: undocumented modified_on",
    "policies[].permission_groups[]: undocumented status",
    "policies[].permission_groups[]: undocumented created_on",
    "policies[].permission_groups[]: undocumented modified_on",
    "policies[].resource_groups[]: undocumented created_on",
    "policies[].resource_groups[]: undocumented modified_on",
    "permission_groups: undocumented status",
    "permission_groups: undocumented created_on",
    "permission_groups: undocumented modified_on",
    "resource_groups: undocumented created_on",
    "resource_groups: undocumented modified_on",
  ],
  "`meta` is a map of strings, not one `key` and its `value` [D: the examples; S: tfp#5078]": [
    "policies[].permission_groups[].meta: undocumented keys",
    "policies[].resource_groups[].meta: undocumented keys",
    "permission_groups.meta: undocumented keys",
    "resource_groups.meta: undocumented keys",
  ],
  "a resource group made from an inline scope has no ID [D: user groups guide]": [
    "policies[].resource_groups[]: lacks id",
  ],
  "an account has more settings and flags, and settings may be null [S: cloudflare-python#2584, distilled]": [
    "accounts: undocumented legacy_flags",
    "accounts.settings: undocumented api_access_enabled",
    "accounts.settings: undocumented access_approval_expiry",
    "accounts.settings: undocumented use_account_custom_ns_by_default",
    "accounts.settings.abuse_contact_email: is null",
    "accounts.settings.enforce_twofactor: is null",
  ],
  "lists of user groups and of their members tell `total_pages` [D: user groups guide]": [
    "user_groups result_info: undocumented total_pages",
    "user_groups.members result_info: undocumented total_pages",
  ],
  "an empty list is `null` here and `[]` elsewhere [S: distilled, Terraform]": [
    "resource_groups: is null",
    "user_groups.members: is null",
  ],
  "somebody invited has no user yet, and `email` stands in one of two places [S: Terraform, cloudflare-go]": [
    "members.user: lacks email",
    "members.user.id: is null",
    "user_groups.members.user.id: is null",
    "user_groups.members.user.first_name: is null",
    "user_groups.members.user.last_name: is null",
  ],
  "an invitation shows its code [S: cloudflare-go]": ["members: undocumented code"],
  "older roles say `edit` where the reference says `write` [S: cloudflare-go]": [
    "members.roles[].permissions: undocumented edit",
    "roles.permissions: undocumented edit",
  ],
  "disabling a connector is answered with an array of one [D: SSO guide]": ["sso_connectors: is an array"],
  "services put the HTTP status where a code of 1000 or more belongs [S: distilled]": [
    "refused errors[].code: must be >= 1000",
  ],
  "the edge says more in `error_chain` [S: cloudflare-typescript#161]": ["refused errors[]: undocumented error_chain"],
  "members are refused with `[]` as result [S: tfp#6307]": ["refused members: is an array"],
};

describe.skipIf(!published)("the sandbox and the published contract", () => {
  test("agree on every answer of every row, but for the named quirks", async () => {
    const answers = await tour();
    const said = answers.flatMap(({ route, status, envelope }) =>
      aboutAnswer(route, status, envelope).map((each) => (status < 400 ? "" : "refused ") + placed(route, each)),
    );
    expect(
      [...new Set(said)].toSorted(),
      "correct the answer in src/sandbox/, or name it in `quirks` here with its evidence",
    ).toEqual(Object.values(quirks).flat().toSorted());
  });

  test("were compared on a success of every row, and on a refusal of every one that names something", async () => {
    const answers = await tour();
    const routes = (refused: boolean) =>
      endpoints
        .map(({ route }) => route)
        .filter((route) => answers.some((each) => each.route === route && each.status >= 400 === refused));
    const how = "give `pathsOf` and `bodiesOf` here the IDs and bodies of the new endpoint";
    expect(routes(false), how).toEqual(endpoints.map(({ route }) => route));
    const named = endpoints.filter(({ route }) => placeholders(route).length > 1);
    expect(routes(true), how).toEqual(expect.arrayContaining(named.map(({ route }) => route)));
  });
});

/** Where a complaint belongs: rows of a list and single things are the same, and so are policies, whoever owns them. */
function placed(route: string, said: string): string {
  return said
    .replace(/^result_info/, `${nounOf(route)} result_info`)
    .replace(/^result(\[\])?(?=[.:])/, nounOf(route))
    .replace(/^.*?policies\[\]/, "policies[]")
    .replace(/permissions\.\w+/, "permissions")
    .replace(/(meta: undocumented) \w+$/, "$1 keys");
}

interface Answer {
  route: string;
  status: number;
  envelope: unknown;
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Every row on everything there is and on what is not there: first what reads, last what deletes, members before groups. */
async function tour(): Promise<Answer[]> {
  const sandbox = createSandbox({ quota: false });
  const answers: Answer[] = [];
  const place = (route: string) => methods.indexOf(methodOf(route)) * 1000 - route.length;
  for (const { route } of endpoints.toSorted((one, other) => place(one.route) - place(other.route))) {
    const method = methodOf(route);
    for (const account of sandbox.state.accounts.values()) {
      for (const path of pathsOf(route, account)) {
        for (const body of bodiesOf(account)[route] ?? [undefined]) {
          const { status, text } = await sandbox.handle({
            method,
            url: `https://api.cloudflare.com/client/v4${path}`,
            headers: { authorization: "Bearer sandbox-admin" },
            body: JSON.stringify(body),
          });
          answers.push({ route, status, envelope: JSON.parse(text) });
        }
      }
    }
  }
  return answers;
}

/** A list is also asked for something it has not, and for pages of a size that none takes. */
function pathsOf(route: string, account: AccountState): string[] {
  const { details, members, permissionGroups, resourceGroups, userGroups, ssoConnectors } = account;
  const ids: Record<string, string[]> = {
    account_id: [details.id],
    member_id: [...members.keys(), "0".repeat(32)],
    permission_group_id: [...permissionGroups.keys(), "0".repeat(32)],
    resource_group_id: [...resourceGroups.keys(), "0".repeat(32)],
    user_group_id: [...userGroups.keys(), "0".repeat(32)],
    sso_connector_id: [...ssoConnectors.keys(), "0".repeat(32)],
    role_id: ["05784afa30c1afe1440e79d9351c7430", "0".repeat(32)],
  };
  const queries = methodOf(route) === "GET" ? ["", "?name=nobody", "?per_page=0"] : [""];
  return placeholders(route).reduce(
    (paths, name) => paths.flatMap((path) => (ids[name] ?? []).map((id) => path.replace(`{${name}}`, id))),
    queries.map((query) => route.slice(route.indexOf("/")) + query),
  );
}

function bodiesOf({ members, permissionGroups, resourceGroups }: AccountState): Record<string, unknown[]> {
  const [[member], [permission], [resource]] = [members.keys(), permissionGroups.keys(), resourceGroups.keys()];
  const role = "05784afa30c1afe1440e79d9351c7430";
  const scope = { key: "com.cloudflare.api.account.zone.1", objects: [{ key: "*" }] };
  const policies = [
    { access: "allow", permission_groups: [{ id: permission }], resource_groups: [{ id: resource }, { scope }] },
  ];
  const iam = "/accounts/{account_id}/iam";
  const connectors = "/accounts/{account_id}/sso_connectors";
  const people = "/accounts/{account_id}/members";
  return {
    [`POST ${people}`]: [
      { email: "new@edge.example", policies },
      { email: "newer@edge.example", roles: [role] },
      { email: "", roles: [] },
    ],
    [`PUT ${people}/{member_id}`]: [{ roles: [{ id: role }], status: "accepted" }, { policies: [] }],
    [`POST ${iam}/resource_groups`]: [{ name: "Edge", scope }],
    [`PUT ${iam}/resource_groups/{resource_group_id}`]: [{ name: "Core", scope }],
    [`POST ${iam}/user_groups`]: [{ name: "Edge" }, { name: "Core", policies }],
    [`PUT ${iam}/user_groups/{user_group_id}`]: [{ policies: [] }, { policies }],
    [`POST ${iam}/user_groups/{user_group_id}/members`]: [[], [{ id: member }]],
    [`PUT ${iam}/user_groups/{user_group_id}/members`]: [[], [{ id: member }]],
    [`POST ${connectors}`]: [{ email_domain: "edge.example", begin_verification: false, use_fedramp_language: true }],
    [`PATCH ${connectors}/{sso_connector_id}`]: [{ use_fedramp_language: true }, { enabled: false }],
  };
}
