import * as z from "zod";
import { isAddressRange, type TrustProxy } from "../client-address.ts";
import { isOrigin, ORIGIN } from "../origin.ts";

/** A port of TCP. */
export function port() {
  const allowed = "a port, 0 to 65535";
  return z
    .string()
    .regex(/^\d{1,5}$/, allowed)
    .transform(Number)
    .refine((number) => number <= 65535, allowed);
}

/** A port, or `off` for none. */
export function portOrNone() {
  const allowed = "a port, 0 to 65535, or off";
  return z
    .string()
    .regex(/^(\d{1,5}|off)$/, allowed)
    .transform((text) => (text === "off" ? (false as const) : Number(text)))
    .refine((number) => number === false || number <= 65535, allowed);
}

/** Whether something is on, in words. */
export function flag() {
  return words("true", "false").transform((word) => word === "true");
}

/** One of these words. */
export function words<const Word extends string>(...allowed: Word[]) {
  return z.enum(allowed, `one of ${allowed.join(", ")}`);
}

/** A time in milliseconds, from words such as `500ms` and `30s`; `0s` only where none is a choice. */
export function duration(least: 0 | 1 = 1) {
  const allowed = `a whole number of ms or s, ${least === 0 ? "0s" : "1ms"} to 3600s`;
  return z
    .string()
    .regex(/^\d{1,7}m?s$/, allowed)
    .transform((text) => Number.parseInt(text, 10) * (text.endsWith("ms") ? 1 : 1000))
    .refine((milliseconds) => milliseconds >= least && milliseconds <= 3_600_000, allowed);
}

/** A time in milliseconds that may be hours, from words such as `30s` and `1h`. */
export function longDuration() {
  const allowed = "a whole number of ms, s, m or h, 1ms to 48h";
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return z
    .string()
    .regex(/^\d{1,9}(ms|[smh])$/, allowed)
    .transform((text) => Number.parseInt(text, 10) * (units[text.replace(/^\d+/, "")] ?? 0))
    .refine((milliseconds) => milliseconds >= 1 && milliseconds <= 48 * 3_600_000, allowed);
}

/** How many, of so many digits at most; `off` for any number. */
export function limit(digits = 4) {
  const allowed = `a whole number, 1 to ${"9".repeat(digits)}, or off`;
  return z
    .string()
    .regex(new RegExp(`^([1-9]\\d{0,${digits - 1}}|off)$`), allowed)
    .transform((text) => (text === "off" ? Number.POSITIVE_INFINITY : Number(text)));
}

/** A whole number within bounds. */
export function whole(least: number, most: number) {
  const allowed = `a whole number, ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .refine((number) => number >= least && number <= most, allowed);
}

/** So many calls in so many seconds, from words such as `1200/300s`; `off` for none. */
export function quota() {
  const allowed = "calls and whole seconds such as 1200/300s, up to 9999999/86400s, or off";
  return z
    .string()
    .regex(/^([1-9]\d{0,6}\/[1-9]\d{0,4}s|off)$/, allowed)
    .transform((text) => {
      const [units = 0, seconds = 0] = text.split("/").map((part) => Number.parseInt(part, 10));
      return text === "off" ? (false as const) : { units, seconds };
    })
    .refine((given) => given === false || given.seconds <= 86_400, allowed);
}

/** A size in bytes, from words such as `512KB` and `32MB`. */
export function size() {
  const allowed = "a whole number of KB or MB, 1KB to 512MB";
  return z
    .string()
    .regex(/^\d{1,6}[KM]B$/, allowed)
    .transform((text) => Number.parseInt(text, 10) * (text.endsWith("KB") ? 1024 : 1024 * 1024))
    .refine((bytes) => bytes >= 1024 && bytes <= 512 * 1024 * 1024, allowed);
}

/** Proxies before the gateway: how many, or which, from words such as `1` and `10.0.0.0/8, 192.0.2.1`. */
export function proxies() {
  const allowed = "how many proxies there are, 0 to 9, or their IP addresses and ranges such as 10.0.0.0/8";
  const listed = (text: string) => text.split(",").map((part) => part.trim());
  return z
    .string()
    .refine((text) => /^\d$/.test(text) || listed(text).every(isAddressRange), allowed)
    .transform((text): TrustProxy => (/^\d$/.test(text) ? Number(text) : listed(text)));
}

/** Where a proxy is. */
export function proxy() {
  return z
    .string()
    .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), "an http or https URL of a proxy");
}

/** Origins of pages, by commas. */
export function origins() {
  return z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .refine((list) => list.every(isOrigin), `${ORIGIN}, or several by commas`);
}
