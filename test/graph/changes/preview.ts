import { acmeId } from "../../../src/sandbox/acme.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { emailOf } from "../../../src/sandbox/state.ts";
import type { Run, RunOperation } from "../../gateway.ts";
import { acme, failure } from "../mutations/mutation.ts";

/** A preview, as far as it was asked for. */
export interface Preview {
  revision: string;
  calls: { change: number; method: string; path: string; body: unknown; count: number }[];
  accessChanges: {
    kind: "GAINED" | "LOST" | "MAYBE";
    member: { email: string | null; cloudflareId: string };
    grant: {
      access: string;
      permissionGroup: { cloudflareId: string } | null;
      role: { cloudflareId: string } | null;
      resourceGroup: {
        cloudflareId: string | null;
        scopes: { key: string; objects: { key: string }[] }[] | null;
      } | null;
      coverage: string;
    };
  }[];
  refusals: { change: number; error: { __typename: string; message: string } }[];
  warnings: { code: string; change: number | null; message: string }[];
  complete: boolean;
  unread: { kind: string; what: string | null; reason: string }[];
}

/** Everything of a preview. */
export const wholePreview = `revision complete unread { kind what reason }
  calls { change method path body count }
  accessChanges { kind member { email cloudflareId } grant { access coverage permissionGroup { cloudflareId } role { cloudflareId }
    resourceGroup { cloudflareId scopes { key objects { key } } } } }
  refusals { change error { __typename ${failure} } } warnings { code change message }`;

const document = `query ($accountId: ID!, $changes: [ChangeInput!]!) {
  previewChanges(accountId: $accountId, changes: $changes) { ${wholePreview} }
}`;

/** Previews changes of the seeded account. */
export function previewBy(run: RunOperation) {
  return async (
    changes: object[],
    headers?: Record<string, string>,
  ): Promise<Pick<Run<never>, "calls" | "errors"> & { preview: Preview }> => {
    const { data, errors, calls } = await run<{ previewChanges: Preview }, object>(
      document,
      { accountId: acmeId, changes },
      headers,
    );
    return { preview: data?.previewChanges as Preview, errors, calls };
  };
}

/** The writes of a preview: `POST …/members`, without the account's path. */
export function writesOf({ calls }: Preview): string[] {
  return calls
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path.replace(`/accounts/${acmeId}`, "")}`);
}

/** Changes of access in short: `LOST anna@acme.example`. */
export function shortly({ accessChanges }: Preview): string[] {
  return accessChanges.map(({ kind, member }) => `${kind} ${member.email ?? member.cloudflareId}`);
}

/** A member of the account by the address. */
export function memberBy(sandbox: Sandbox, email: string): string {
  const found = [...acme(sandbox).members.values()].find((member) => emailOf(member) === email);
  if (!found) throw new Error(`There is no member ${email}.`);
  return found.id;
}

/** The global ID of a policy of a user group, by Cloudflare's. */
export async function policyIdOf(run: RunOperation, groupId: string, policyId: string | undefined): Promise<string> {
  type Seen = { account: { userGroup: { policies: { id: string; cloudflareId: string }[] } } };
  const { data } = await run<Seen, object>(
    `{ account(id: "${acmeId}") { userGroup(id: "${groupId}") { policies { id cloudflareId } } } }`,
  );
  return data?.account.userGroup.policies.find(({ cloudflareId }) => cloudflareId === policyId)?.id ?? "";
}
