import { authorization, authorizationProblem } from "./credential.ts";
import { answerOf, send } from "./request.ts";
import { SessionText, Store } from "./store.ts";

/** An account that the credential sees. */
export interface Account {
  cloudflareId: string;
  name: string;
}

interface Accounts {
  accounts: Account[];
  /** Why they are not known, in a sentence. */
  problem: string | null;
}

const query = "query AccountsOfCredential { accounts(first: 50) { nodes { cloudflareId name } } }";

/** The accounts to pick from. */
export const accounts = new Store<Accounts>({ accounts: [], problem: null });

/** Cloudflare's ID of the one that was picked; empty for none. */
export const picked = new SessionText("graphiql:account", "");

let reading = 0;

/** Reads the accounts of the credential: one REST call. Without one that can be sent there are none. */
export async function readAccounts(): Promise<void> {
  const turn = ++reading;
  if (authorizationProblem(authorization.get())) return accounts.set({ accounts: [], problem: null });
  const read = await accountsOfCredential().catch((error: Error) => ({ accounts: [], problem: error.message }));
  if (turn === reading) accounts.set(read);
}

async function accountsOfCredential(): Promise<Accounts> {
  const { data, errors } = await answerOf(await send({ query }));
  const list = data?.accounts as { nodes: Account[] | null } | null | undefined;
  return { accounts: list?.nodes ?? [], problem: errors?.[0]?.message ?? null };
}
