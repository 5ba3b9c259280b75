import { acmeId } from "../../../src/sandbox/acme.ts";
import type { Run, RunOperation } from "../../gateway.ts";
import { failure } from "../mutations/mutation.ts";

interface Call {
  change: number;
  method: string;
  path: string;
  body: unknown;
}

/** What `applyChanges` gives. */
export interface Applied {
  __typename: string;
  message?: string;
  changes?: { change: number; node: { __typename: string; id: string } | null }[];
  calls?: Call[];
  accessChanges?: { kind: string; member: { cloudflareId: string } }[];
  warnings?: { code: string }[];
  written?: boolean;
  moved?: { __typename: string; id: string }[];
  required?: string[];
  fields?: { path: string[]; message: string }[];
  resetAt?: string | null;
  outcome?: string;
  change?: number;
  error?: { __typename: string; message: string; outcome?: string };
  done?: Call[];
  failed?: Call[];
  notSent?: Call[];
  unknown?: Call[];
}

const document = `mutation ($input: ApplyChangesInput!) { applyChanges(input: $input) { __typename
  ... on ApplyChangesPayload { changes { change node { __typename id } } calls { ...Call } warnings { code }
    accessChanges { kind member { cloudflareId } } }
  ... on PartialChangeError { change error { __typename ${failure} } done { ...Call } failed { ...Call } notSent { ...Call } unknown { ...Call } }
  ... on ConfirmationRequiredError { required } ... on ConflictError { moved { __typename id } } ${failure} } }
fragment Call on PlannedCall { change method path body }`;

/** Applies changes to the seeded account. */
export function applyBy(run: RunOperation) {
  return async (
    changes: object[],
    input: object = {},
    headers?: Record<string, string>,
  ): Promise<Pick<Run<never>, "calls" | "errors"> & { result: Applied }> => {
    const variables = { input: { accountId: acmeId, changes, ...input } };
    const { data, errors, calls } = await run<{ applyChanges: Applied }, object>(document, variables, headers);
    return { result: data?.applyChanges as Applied, errors, calls };
  };
}

/** Calls in short: `POST …/members`. */
export function inShort(calls: readonly Call[] = []): string[] {
  return calls.map(({ method, path }) => `${method} ${path.replace(`/accounts/${acmeId}`, "")}`);
}

/** The writes among the routes of some calls. */
export function writes(calls: readonly string[]): string[] {
  return calls.filter((route) => !route.startsWith("GET "));
}
