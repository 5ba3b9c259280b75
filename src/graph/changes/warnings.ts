import type { Unread } from "../access/unread.ts";
import type { AccessChanges } from "./access-changes.ts";
import type { Simulation } from "./simulation.ts";

/** Something to look at before changes are applied. */
export interface ChangeWarning {
  code:
    | "LAST_SUPER_ADMINISTRATOR"
    | "OWN_MEMBERSHIP"
    | "OWN_MEMBERSHIP_UNKNOWN"
    | "LAST_HOLDER"
    | "DIRECTORY_MAY_KEEP"
    | "TOKENS_STAY"
    | "NOTHING_CHANGES";
  /** `null` for all changes together. */
  change: number | null;
  message: string;
}

/** Everything to look at, and what could not be read for it. */
export async function warningsOf(
  simulation: Simulation,
  access: AccessChanges,
): Promise<{ warnings: ChangeWarning[]; unread: Unread[] }> {
  return { warnings: confirmations(simulation), unread: [] };
}

const says = {
  LAST_SUPER_ADMINISTRATOR: "Nobody would be left who certainly is a Super Administrator of the account.",
  OWN_MEMBERSHIP: "It takes rights from your own membership.",
};

function confirmations({ changes }: Simulation): ChangeWarning[] {
  return changes.flatMap(({ change: { at }, needs, ownUnknown }) => [
    ...needs.map((code) => ({ code, change: at, message: says[code] })),
    ...(ownUnknown
      ? [
          {
            code: "OWN_MEMBERSHIP_UNKNOWN" as const,
            change: at,
            message: "Whether it takes rights from your own membership could not be told.",
          },
        ]
      : []),
  ]);
}
