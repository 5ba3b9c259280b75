import { accountKey, type Grant, group } from "./seed.ts";
import type { AccountState } from "./state.ts";

const grants = (account: string): Grant[] => [
  [
    ["dns_admin", "waf_admin", "workers_admin"],
    [account, "Storefront"],
  ],
  [
    ["domain_admin_readonly", "cache_domain_purge", "zone_logs_read"],
    ["Marketing Sites", "Staging"],
  ],
];

/** Made-up user groups, for work in the large: `Team 0001` with two policies of three and two groups each, and on. */
export function teams(account: AccountState, count: number, size: number): void {
  for (let number = 1; number <= count; number++) {
    const name = `Team ${String(number).padStart(4, "0")}`;
    group(account, name, size, ...grants(accountKey(account.details.id)));
  }
}
