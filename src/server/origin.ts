/** An origin as browsers send it, as the end of a sentence. */
export const ORIGIN =
  "an origin such as https://app.example.com: scheme, host and port, in lower case and without a path";

/** Whether something is an {@link ORIGIN}: no pattern, and not `null`, which any page can have. */
export function isOrigin(given: unknown): given is string {
  const url = typeof given === "string" ? URL.parse(given) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === given && !given.includes("*");
}
