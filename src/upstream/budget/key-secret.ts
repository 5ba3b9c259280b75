/** Characters that a secret has at least. */
export const LEAST_SECRET = 32;

/** What a secret that names keys or objects must be, as the end of a sentence. */
export const KEY_SECRET: string = `a text of at least ${LEAST_SECRET} characters`;

/** Whether something is a {@link KEY_SECRET}. */
export function isKeySecret(given: unknown): given is string {
  return typeof given === "string" && given.length >= LEAST_SECRET;
}
