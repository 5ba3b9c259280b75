import { UnreadableRecord } from "../../cloudflare/error.ts";
import { type SsoConnector, ssoConnectors } from "../../cloudflare/sso-connectors.ts";
import type { Context } from "../context.ts";
import { type Unread, unread } from "./unread.ts";

/** The domain of an e-mail address in lower case; empty for none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at === -1 ? "" : address.slice(at + 1).toLowerCase();
}

/** SSO connectors of an account: 1 call. `null` where they could not be read. */
export async function readConnectors(
  accountId: string,
  { loaders }: Context,
): Promise<{ records: SsoConnector[] | null; unread: Unread[] }> {
  try {
    const { records } = await loaders.window(ssoConnectors.list, { account_id: accountId }, 0, Infinity);
    const notes: Unread[] = [];
    const found: SsoConnector[] = [];
    for (const record of records) {
      if (record instanceof UnreadableRecord) notes.push(unread("ssoConnectors", record.id ?? null, record));
      else found.push(record);
    }
    return { records: found, unread: notes };
  } catch (error) {
    return { records: null, unread: [unread("ssoConnectors", null, error)] };
  }
}
