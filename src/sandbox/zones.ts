import type { zones } from "../cloudflare/index.ts";
import { noRoute } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { byText, paginate } from "./page.ts";
import type { SandboxState, Zone } from "./state.ts";

/** Zones, by name (assumed), without those of type `internal` [D]. Of an account that nobody knows there are none (assumed). */
export const zoneHandlers: Handlers<typeof zones> = {
  list({ state, query, page }) {
    const listed = [...zonesOf(state)].filter(
      ({ account, type }) => account.id === (query["account.id"] ?? account.id) && type !== "internal",
    );
    const found = listed.filter(({ name }) => query.name === undefined || name === query.name.toLowerCase());
    return paginate(page, found.sort(byText(({ name }) => name)), listed.length);
  },
  /** Whatever account it is of. */
  get({ state, params }) {
    for (const zone of zonesOf(state)) if (zone.id === params.zone_id) return { result: zone };
    throw noRoute();
  },
};

function* zonesOf({ accounts }: SandboxState): Generator<Zone> {
  for (const { zones } of accounts.values()) yield* zones.values();
}
