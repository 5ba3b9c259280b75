/** An ID that names what an earlier change creates, put in for a time: no ID of Cloudflare's has these letters. */
export function placeholderOf(change: number): string {
  return `createdByChange${String(change).padStart(2, "0")}`.padEnd(32, "x");
}

/** A text in which what changes create is named as in their inputs: `#3`. */
export function withoutPlaceholders(text: string): string {
  return text.replace(/createdByChange(\d\d)x{15}/g, (_, change: string) => `#${Number(change)}`);
}

/** The change whose creation an ID stands for; `undefined` for any other ID. */
export function changeOf(id: string): string | undefined {
  return /^createdByChange(\d\d)x{15}$/.exec(id)?.[1];
}
