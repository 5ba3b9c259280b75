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
  /** Accounts beyond those. */
  more: number;
  /** Why they are not known, in a sentence. */
  problem: string | null;
}

const query = "query AccountsOfCredential { accounts(first: 50) { totalCount nodes { cloudflareId name } } }";

/** The accounts to pick from. */
export const accounts = new Store<Accounts>({ accounts: [], more: 0, problem: null });

/** Cloudflare's ID of the one that was picked; empty for none. */
export const picked = new SessionText("graphiql:account", "");

let reading = 0;

/** Reads the accounts of the credential: one REST call. Without one that can be sent there are none. */
export async function readAccounts(): Promise<void> {
  const turn = ++reading;
  if (authorizationProblem(authorization.get())) return accounts.set({ accounts: [], more: 0, problem: null });
  const read = await accountsOfCredential().catch((error: Error) => ({
    accounts: [],
    more: 0,
    problem: error.message,
  }));
  if (turn === reading) accounts.set(read);
}

async function accountsOfCredential(): Promise<Accounts> {
  const { data, errors } = await answerOf(await send({ query }));
  const list = data?.accounts as { totalCount: number | null; nodes: (Account | null)[] | null } | null | undefined;
  const all = list?.nodes ?? [];
  return {
    // One that could not be read is null, with an error.
    accounts: all.flatMap((account) => account ?? []),
    more: Math.max(0, (list?.totalCount ?? 0) - all.length),
    problem: errors?.[0]?.message ?? null,
  };
}
