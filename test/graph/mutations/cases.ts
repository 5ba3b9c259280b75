import { venturesId } from "../../../src/sandbox/acme.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { type RunOperation, serviceMode } from "../../gateway.ts";
import {
  account,
  acme,
  connectorOf,
  dnsRole,
  firewall,
  groupNamed,
  memberSeen,
  people,
  policy,
  resourceGroupNamed,
  seen,
} from "./mutation.ts";

/** A mutation that succeeds, and the calls that it costs, in order. */
export interface Case {
  title: string;
  mutation: string;
  /** Its input; raw IDs, so that what it is made of shows. */
  input: (sandbox: Sandbox, run: RunOperation) => object | Promise<object>;
  calls: string[];
}

const groups = "/accounts/{account_id}/iam/user_groups";
const group = `${groups}/{user_group_id}`;
const resources = "/accounts/{account_id}/iam/resource_groups";
const resource = `${resources}/{resource_group_id}`;
const connectors = "/accounts/{account_id}/sso_connectors";
const connector = `${connectors}/{sso_connector_id}`;

const everybody = "/accounts/{account_id}/members";
const member = `${everybody}/{member_id}`;

const security = (sandbox: Sandbox) => groupNamed(sandbox, "Security").id;
const name = "Renamed";
const scope = { account: true };
const change = { permissionGroupIds: [firewall] };

function user(more: (sandbox: Sandbox) => object = () => ({})): Case["input"] {
  return (sandbox) => ({ accountId: account, userGroupId: security(sandbox), ...more(sandbox) });
}

function userAsSeen(more: (sandbox: Sandbox) => object, what: "revision" | "members"): Case["input"] {
  return async (sandbox, run) => ({
    ...(await user(more)(sandbox, run)),
    expectedRevision: (await seen(run, security(sandbox)))[what],
  });
}

function storefront(more: object): Case["input"] {
  return (sandbox) => ({ accountId: account, resourceGroupId: resourceGroupNamed(sandbox, "Storefront").id, ...more });
}

function sso(domain: string, more: object): Case["input"] {
  return (sandbox) => ({ accountId: account, ssoConnectorId: connectorOf(sandbox, domain).id, ...more });
}

function person(more: object): Case["input"] {
  return (sandbox) => ({ accountId: account, memberId: people(sandbox, 17)[0], ...more });
}

const newcomers = (sandbox: Sandbox) => ({ memberIds: people(sandbox, 0, 1) });
const first = (sandbox: Sandbox) => ({ policyId: groupNamed(sandbox, "Security").policies[0]?.id });

function row(mutation: string, how: string, calls: string, input: Case["input"]): Case {
  return { title: [mutation, how].filter(Boolean).join(" "), mutation, input, calls: calls.split(", ") };
}

/** The table of what each mutation costs, row by row. */
export const cases: Case[] = [
  row("createUserGroup", "", `POST ${groups}`, () => ({ accountId: account, name, policies: [policy] })),
  row(
    "updateUserGroup",
    "",
    `PUT ${group}`,
    user(() => ({ name, policies: [policy] })),
  ),
  row(
    "updateUserGroup",
    "in part",
    `GET ${group}, PUT ${group}`,
    user(() => ({ name })),
  ),
  row(
    "updateUserGroup",
    "with a revision",
    `GET ${group}, PUT ${group}, GET ${group}`,
    userAsSeen(() => ({ name, policies: [policy] }), "revision"),
  ),
  row("deleteUserGroup", "", `DELETE ${group}`, user(undefined)),
  row(
    "deleteUserGroup",
    "unconfirmed",
    `GET ${group}, DELETE ${group}`,
    user(() => ({ confirm: [] })),
  ),

  row("addUserGroupMembers", "", `POST ${group}/members`, user(newcomers)),
  row("replaceUserGroupMembers", "", `PUT ${group}/members`, user(newcomers)),
  row(
    "replaceUserGroupMembers",
    "with a revision",
    `GET ${group}/members, PUT ${group}/members, GET ${group}/members`,
    userAsSeen(newcomers, "members"),
  ),
  row(
    "removeUserGroupMember",
    "",
    `DELETE ${group}/members/{member_id}`,
    user((sandbox) => ({ memberId: [...groupNamed(sandbox, "Security").members.keys()][0] })),
  ),

  row(
    "addUserGroupPolicy",
    "",
    `GET ${group}, PUT ${group}`,
    user(() => ({ policy })),
  ),
  row(
    "addUserGroupPolicy",
    "with a revision",
    `GET ${group}, PUT ${group}, GET ${group}`,
    userAsSeen(() => ({ policy }), "revision"),
  ),
  row(
    "updateUserGroupPolicy",
    "",
    `GET ${group}, PUT ${group}`,
    user((sandbox) => ({ ...first(sandbox), policy: change })),
  ),
  row(
    "updateUserGroupPolicy",
    "with a revision",
    `GET ${group}, PUT ${group}, GET ${group}`,
    userAsSeen((sandbox) => ({ ...first(sandbox), policy: change }), "revision"),
  ),
  row("removeUserGroupPolicy", "", `GET ${group}, PUT ${group}`, user(first)),
  row(
    "removeUserGroupPolicy",
    "with a revision",
    `GET ${group}, PUT ${group}, GET ${group}`,
    userAsSeen(first, "revision"),
  ),

  row("inviteMember", "", `POST ${everybody}`, () => ({
    accountId: account,
    email: "new@acme.example",
    policies: [policy],
  })),
  row("inviteMember", "directly, with roles", `POST ${everybody}`, (sandbox) => {
    // Somebody who has a Cloudflare user, from another account.
    const [, , other] = sandbox.state.accounts.get(venturesId)?.members.values() ?? [];
    return { accountId: account, email: other?.user.email, roleIds: [dnsRole], status: "ACCEPTED" };
  }),
  row("updateMember", "", `GET ${member}, PUT ${member}`, person({ policies: [policy] })),
  row("updateMember", "with roles", `GET ${member}, PUT ${member}`, person({ roleIds: [dnsRole] })),
  row("updateMember", "with a revision", `GET ${member}, PUT ${member}, GET ${member}`, async (sandbox, run) => {
    const [id = ""] = people(sandbox, 17);
    return person({ policies: [policy], expectedRevision: await memberSeen(run, id) })(sandbox, run);
  }),
  row("removeMember", "", `DELETE ${member}`, person({})),
  row(
    "removeMember",
    "unconfirmed",
    `GET ${member}, GET ${groups}, ${serviceMode ? "" : "GET /user, "}DELETE ${member}`,
    person({ confirm: [] }),
  ),

  row("createResourceGroup", "", `POST ${resources}`, () => ({ accountId: account, name, scope })),
  row("updateResourceGroup", "", `PUT ${resource}`, storefront({ name, scope })),
  row("updateResourceGroup", "in part", `GET ${resource}, PUT ${resource}`, storefront({ name })),
  row("deleteResourceGroup", "", `DELETE ${resource}`, storefront({})),

  row("createSsoConnector", "", `POST ${connectors}`, () => ({ accountId: account, emailDomain: "new.acme.example" })),
  row("updateSsoConnector", "", `PATCH ${connector}`, sso("acme.example", { useFedrampLanguage: true })),
  row("updateSsoConnector", "that enables", `GET ${connector}, PATCH ${connector}`, (sandbox, run) => {
    sandbox.verifySso(connectorOf(sandbox, "acme-labs.example").id);
    return sso("acme-labs.example", { enabled: true })(sandbox, run);
  }),
  row("deleteSsoConnector", "", `DELETE ${connector}`, sso("acme-retail.example", {})),
  row(
    "beginSsoConnectorVerification",
    "",
    `POST ${connector}/begin_verification, GET ${connector}`,
    sso("acme-classic.example", {}),
  ),
];

/** Mutations that do several things, some of which may fail: member.test.ts, offboard-member.test.ts and test/graph/changes/ have them. */
export const inParts = ["addMemberToUserGroups", "offboardMember", "applyChanges"];

/** The one call of a case that writes. */
export function writeOf({ calls }: Case): string {
  return calls.find((route) => !route.startsWith("GET ")) ?? "";
}

/** The account as it is, ready to be compared: a copy that does not move. */
export function stateOf(sandbox: Sandbox) {
  return structuredClone(acme(sandbox));
}
