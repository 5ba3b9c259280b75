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

const accounts = new Store<Accounts>({ accounts: [], more: 0, problem: null });

/** Cloudflare's ID of the one that was picked last, perhaps with a credential that saw others; empty for none. */
const lastPicked = new SessionText("graphiql:account", "");

/** Picks one by Cloudflare's ID, or none. */
export function pickAccount(id: string): void {
  lastPicked.set(id);
}

/** Cloudflare's ID of the one that is picked; empty for none, and for one that the credential does not see. */
export function pickedAccount(): string {
  return seen(lastPicked.get(), accounts.get());
}

/** The same, and the accounts to pick from: a hook. */
export function useAccounts() {
  const known = accounts.use();
  return { ...known, picked: seen(lastPicked.use(), known) };
}

function seen(id: string, known: Accounts): string {
  return known.accounts.some(({ cloudflareId }) => cloudflareId === id) ? id : "";
}

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
