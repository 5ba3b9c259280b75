import Cloudflare from "cloudflare";
import { acmeId } from "../../src/sandbox/acme.ts";
import { createSandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";

/** The account that the SDK is asked for. */
export const account_id = acmeId;

/** An ID that nothing has. */
export const nobody = "0".repeat(32);

/** A sandbox on a socket of its own, and Cloudflare's SDK before it, as everybody has it but for retries. */
export async function play(options: SandboxOptions = {}) {
  const sandbox = createSandbox({ quota: false, ...options });
  const { url, close } = await sandbox.listen();
  // Every credential is named: the SDK takes a missing one from the environment.
  const none = { apiToken: null, apiEmail: null, apiKey: null, userServiceKey: null };
  const client = (credential: { apiToken?: string; apiEmail?: string; apiKey?: string }) =>
    new Cloudflare({ baseURL: url, ...none, ...credential, maxRetries: 0, logLevel: "off" });
  const account = sandbox.state.accounts.get(account_id);
  if (!account) throw new Error("no Acme");
  const { userGroups, resourceGroups } = account;
  return {
    sandbox,
    account,
    client,
    cloudflare: client({ apiToken: "sandbox-admin" }),
    group: (name: string) => idOf(userGroups, name),
    place: (name: string) => idOf(resourceGroups, name),
    person: (index: number) => ({ id: [...account.members.keys()][index] ?? "" }),
    [Symbol.asyncDispose]: close,
  };
}

/** Everything that {@link play} sets up. */
export type Stage = Awaited<ReturnType<typeof play>>;

function idOf(things: Map<string, { name: string }>, name: string): string {
  for (const [id, thing] of things) if (thing.name === name) return id;
  throw new Error(`nothing is named ${name}`);
}
