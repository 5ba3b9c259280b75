import type { z } from "zod";
import { object, whole } from "../../options.ts";

/** So many calls in so many seconds: Cloudflare's `q` and `w`. Both are whole numbers above 0. */
export interface Quota {
  units: number;
  seconds: number;
}

/** Cloudflare's own [D], assumed where its answers do not say another. */
export const cloudflareQuota: Quota = { units: 1200, seconds: 300 };

/** What a {@link Quota} may be. */
export const quotaOption: z.ZodType = object<Quota>(
  { units: whole("calls"), seconds: whole("seconds") },
  "units",
  "seconds",
);
