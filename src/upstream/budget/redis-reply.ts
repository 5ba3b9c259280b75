import * as z from "zod";
import type { QuotaUpdate } from "./client-quota.ts";

/** A reply of Redis that no gateway has written: another program writes there, or Redis is broken. */
export class InvalidReply extends Error {
  override readonly name = "InvalidReply";
}

const day = 86_400_000;

/** Milliseconds since the epoch, from an answer to `TIME`: seconds and microseconds. A clock that is a day off is none. */
export function clockOf(reply: unknown): number {
  const parsed = z.tuple([z.string().regex(/^\d{1,11}$/), z.string().regex(/^\d{1,6}$/)]).safeParse(reply);
  const clock = parsed.success ? Number(parsed.data[0]) * 1000 + Number(parsed.data[1]) / 1000 : Number.NaN;
  if (Math.abs(clock - Date.now()) < day) return clock;
  throw new InvalidReply("it gives an impossible time");
}

/** Whether a text is an ID as gateways make them. */
export function isUuid(text: string): boolean {
  return /^[\da-f-]{36}$/.test(text);
}

/** The instance, which is a UUID. */
export function instanceIdOf(reply: unknown): string {
  if (typeof reply === "string" && isUuid(reply)) return reply;
  throw new InvalidReply("its instance is none of a gateway");
}

/** So many texts, null for one that is not there. */
export function textsOf(reply: unknown, count: number): (string | null)[] {
  const isText = (text: unknown) => text === null || typeof text === "string";
  if (Array.isArray(reply) && reply.length === count && reply.every(isText)) return reply;
  throw new InvalidReply("it answers with something else than texts");
}

/** What a counter holds, 0 where it is not there; `undefined` for what cannot be a count. */
export function countOf(text: string | null): number | undefined {
  if (text === null) return 0;
  return /^-?\d{1,11}$/.test(text) ? Number(text) : undefined;
}

/** What a counter holds after something was added. */
export function sumOf(consumed: unknown): number {
  if (typeof consumed === "number" && Number.isSafeInteger(consumed)) return consumed;
  throw new InvalidReply("it answers with something else than a number");
}

/** Whether Redis could not add to a counter, because what is there is no number. */
export function isNoCounter(error: unknown): boolean {
  return error instanceof Error && /WRONGTYPE|not an integer|out of range|overflow/i.test(error.message);
}

/** Longer texts are not read: eight policies with long names have a tenth of it. */
const longest = 10_000;

const Update = z.object({
  policies: z.string().max(4_000).optional(),
  closedUntil: z.number(),
  opened: z.number().default(0),
  others: z.array(z.tuple([z.string().max(64), z.object({ units: z.int().min(0), until: z.number() })])).max(8),
});

/** A quota update of another replica; `undefined` for text that is none. */
export function updateOf(text: string): QuotaUpdate | undefined {
  if (text.length > longest) return undefined;
  try {
    return Update.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
