/** Characters of one text of the upstream's that are kept in a message. */
const longest = 1000;
/** Characters of a body that are looked at for its first words, and how many of them are shown. */
const looked = 4000;
const shown = 200;

/** A text of the upstream's, cut to 1,000 characters, without the credential in any of its usual spellings. */
export function redact(text: string, secret: string): string {
  const clean = withoutSecret(text.slice(0, longest + 4 * secret.length), secret);
  return text.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

/**
 * The first words of a body that is none of Cloudflare's, at most 200 characters: without tags, scripts and control
 * characters, and without the credential. Empty where there are none.
 */
export function firstWords(body: string, secret: string): string {
  const start = withoutSecret(body.slice(0, looked + 4 * secret.length), secret).slice(0, looked);
  const text = start
    .replace(/<!--[\s\S]*?(-->|$)/g, " ")
    .replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, " ")
    .replace(/<[^>]*(>|$)/g, " ")
    .replace(/&nbsp;/g, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd\s]+/gu, " ");
  const words = withoutSecret(text, secret).trim();
  return words.length > shown ? `${words.slice(0, shown - 1).trimEnd()}…` : words;
}

function withoutSecret(text: string, secret: string): string {
  const inHtml = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const spellings = new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    inHtml,
    inHtml.replaceAll('"', "&quot;"),
    Buffer.from(secret).toString("base64"),
  ]);
  let clean = text;
  for (const spelling of spellings) clean = clean.replaceAll(spelling, "[credential]");
  return clean;
}
