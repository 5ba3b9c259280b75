import type { Unread } from "../access/unread.ts";

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

/** Warnings, and what could not be read for them. */
export interface Warnings {
  warnings: ChangeWarning[];
  unread: Unread[];
}
