import type { GraphQLUnionType } from "graphql";
import { schema } from "../../../src/graph/schema.ts";
import type { SandboxResponse } from "../../../src/sandbox/answer.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/sandbox.ts";
import type { AccountState } from "../../../src/sandbox/state.ts";
import { account, test as base, type Run, type RunOperation } from "../../gateway.ts";

/** Always noon: timestamps and revisions are the same in every run. */
export const noon = () => new Date("2026-03-01T12:00:00Z");

/** One call as it arrived, with what it brought. */
export interface Sent {
  route: string;
  body: unknown;
}

/** Changes an answer on its way back, or does something beside it. */
type Change = (answer: SandboxResponse) => SandboxResponse | Promise<SandboxResponse>;

/** What lies between a gateway and its sandbox. */
export interface Wire {
  /** Every call, with what it brought. */
  sent: Sent[];
  /** Changes every answer of a route, after the sandbox has done what was asked. */
  answer(route: string, change: Change): void;
  /** The sandbox as it is beyond the wire. */
  to(sandbox: Sandbox): Sandbox;
}

/** A wire that notes what goes over it. */
export function createWire(): Wire {
  const sent: Sent[] = [];
  const changes = new Map<string, Change>();
  return {
    sent,
    answer: (route, change) => changes.set(route, change),
    to: (sandbox) => ({
      ...sandbox,
      handle: async (request) => {
        const answer = sandbox.handle(request);
        const route = sandbox.calls.at(-1)?.route ?? "";
        sent.push({ route, body: request.body === undefined ? undefined : JSON.parse(request.body) });
        return (changes.get(route) ?? ((same) => same))(await answer);
      },
    }),
  };
}

/** What a mutation may give: the fields of all payloads and errors. */
export interface Result {
  __typename: string;
  userGroup?: Shown;
  resourceGroup?: Shown;
  ssoConnector?: Shown;
  member?: Shown;
  deletedId?: string;
  removedMemberId?: string;
  removedPolicyId?: string;
  message?: string;
  cloudflare?: { route: string; status: number; rayId: string; errors: { code: number; message: string }[] } | null;
  fields?: { path: string[]; message: string }[];
  written?: boolean;
  sent?: unknown;
  current?: Shown | null;
  resetAt?: string;
  required?: string[];
  warnings?: { code: string; message?: string }[];
  outcome?: "NOT_SENT" | "REFUSED" | "UNKNOWN" | "WRITTEN";
}

/** The changed node, as far as it was asked for. */
export interface Shown {
  id: string;
  cloudflareId: string;
  revision: string;
  [field: string]: unknown;
}

/** Everything about a failure. */
export const failure = `... on MutationError { message cloudflare { route status rayId errors { code message } } }
  ... on InvalidInputError { fields { path message } }
  ... on ConflictError { written sent current { __typename id } }
  ... on RateLimitedError { resetAt }
  ... on UpstreamError { outcome }`;

/** A user group and what it grants, without IDs that differ from write to write. */
export const wholeGroup = "name policies { access permissionGroups { name } resourceGroups { name } }";

/** The type behind a mutation: `UpdateUserGroup` of `updateUserGroup`. */
export function typeOf(mutation: string): string {
  return mutation.charAt(0).toUpperCase() + mutation.slice(1);
}

/** The document of one mutation; `payload` is selected on success, and everything on failure. */
export function documentOf(mutation: string, payload = "messages { message }"): string {
  const type = typeOf(mutation);
  const result = schema.getType(`${type}Result`) as GraphQLUnionType | undefined;
  const confirms = result?.getTypes().some(({ name }) => name === "ConfirmationRequiredError");
  const confirmation = confirms ? "... on ConfirmationRequiredError { required }" : "";
  return `mutation ($input: ${type}Input!) {
    result: ${mutation}(input: $input) { __typename ... on ${type}Payload { ${payload} } ${failure} ${confirmation} } }`;
}

/** All that can be confirmed. */
const both = ["LAST_SUPER_ADMINISTRATOR", "OWN_MEMBERSHIP"];

/** Runs one mutation. */
export type Mutate = (
  mutation: string,
  input: object,
  payload?: string,
  headers?: Record<string, string>,
) => Promise<Pick<Run<never>, "calls" | "errors"> & { result: Result }>;

/**
 * {@link Mutate} by way of `run`. Everything is confirmed, unless the input says what is, so that the calls are those of the write
 * alone: confirmation.test.ts has the others.
 */
export function mutateBy(run: RunOperation, confirm: readonly string[] = both): Mutate {
  return async (mutation, given, payload, headers) => {
    const document = documentOf(mutation, payload);
    const input = document.includes("ConfirmationRequiredError") ? { confirm, ...given } : given;
    const { data, calls, errors } = await run<{ result: Result }, object>(document, { input }, headers);
    return { result: data?.result as Result, calls, errors };
  };
}

/** The seeded account behind the graph. */
export function acme(sandbox: Sandbox): AccountState {
  return known(sandbox.state.accounts.get(account), "account");
}

/** A seeded user group by name. */
export function groupNamed(sandbox: Sandbox, name: string) {
  return known(
    [...acme(sandbox).userGroups.values()].find((group) => group.name === name),
    name,
  );
}

/** A seeded resource group by name. */
export function resourceGroupNamed(sandbox: Sandbox, name: string) {
  return known(
    [...acme(sandbox).resourceGroups.values()].find((group) => group.name === name),
    name,
  );
}

/** A seeded SSO connector by domain. */
export function connectorOf(sandbox: Sandbox, domain: string) {
  return known(
    [...acme(sandbox).ssoConnectors.values()].find((connector) => connector.email_domain === domain),
    domain,
  );
}

/** Members of the account by their place in the order in which they joined. */
export function people(sandbox: Sandbox, ...places: number[]): string[] {
  const ids = [...acme(sandbox).members.keys()];
  return places.map((place) => known(ids.at(place), `member ${place}`));
}

/** A global ID, as the graph makes them. */
export function globalId(...parts: string[]): string {
  return Buffer.from(parts.join(":")).toString("base64url");
}

/** A group as it was seen: its ID with what `expectedRevision` takes. */
export async function seen(run: RunOperation, id: string): Promise<{ revision: string; members: string }> {
  type Seen = { account: { userGroup: { revision: string; members: { revision: string } } } };
  const { data } = await run<Seen, object>(
    `{ account(id: "${account}") { userGroup(id: "${id}") { revision members { revision } } } }`,
  );
  const { revision = "", members } = data?.account.userGroup ?? {};
  return { revision, members: members?.revision ?? "" };
}

/** A member as it was seen: what `expectedRevision` takes. */
export async function memberSeen(run: RunOperation, id: string): Promise<string> {
  type Seen = { account: { member: { revision: string } } };
  const { data } = await run<Seen, object>(`{ account(id: "${account}") { member(id: "${id}") { revision } } }`);
  return data?.account.member.revision ?? "";
}

function known<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new Error(`The sandbox has no ${name}.`);
  return thing;
}

/** Permission groups of the seeded catalogue, by what they are for: two of the account's scope and one of zones. */
export const dns = "49ce85367bae433b9f0717ed4fea5c74";
export const firewall = "10515a9267294c2e8dd974332556a33b";
export const purge = "e713d034437c4c6d936daf981f29bf88";
export const superAdministrator = "5fa57ea7d1c04f5ab1e6ad5b8d2f6c11";
/** Legacy roles. */
export const superAdministratorRole = "33666b9c79b9a5273fc7344ff42f953d";
export const administratorRole = "05784afa30c1afe1440e79d9351c7430";
export const dnsRole = "069fe803647ed3609e93d041d5df6050";
/** An ID of nothing. */
export const nobody = "f".repeat(32);

/** A policy on everything in the account. */
export const policy = {
  access: "ALLOW",
  permissionGroupIds: [dns],
  resourceGroups: [{ scope: { account: true } }],
};

/** {@link policy} as it is sent. */
export const sentPolicy = {
  access: "allow",
  permission_groups: [{ id: dns }],
  resource_groups: [{ scope: { key: `com.cloudflare.api.account.${account}`, objects: [{ key: "*" }] } }],
};

/** A sandbox whose clock stands still, as all tests of mutations use it. */
export function still(options: SandboxOptions = {}): Sandbox {
  return createSandbox({ quota: false, clock: noon, ...options });
}

/** A test with a sandbox whose clock stands still, what was sent to it, and a way to mutate. */
export const test = base
  .extend("wire", () => createWire())
  .extend("sandbox", ({ wire }) => wire.to(still()))
  .extend("mutate", ({ run }) => mutateBy(run));

export { account, expect } from "../../gateway.ts";
