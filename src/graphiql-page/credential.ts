import { secretProblem } from "../server/credential.ts";
import { data } from "./data.ts";
import { SessionText, Store } from "./store.ts";

/** The header `Authorization`, as the reader has it. It is sent with every operation, and stands in no tab, history or URL. */
export const authorization = new SessionText(
  "graphiql:authorization",
  data.credential ? `Bearer ${data.credential.value}` : "",
);

/** What the gateway or Cloudflare has said against it. */
export const rejection = new Store<string | null>(null);

/** What is wrong with it as it stands, in a sentence; `null` for nothing. */
export function authorizationProblem(header: string): string | null {
  if (!data.credential) return null;
  const { name } = data.credential;
  const [, token] = /^Bearer(?: +(.*))?$/i.exec(header.trim()) ?? [];
  if (header.trim() === "") return `Your ${name} goes here, behind \`Bearer \`.`;
  if (!/^Bearer\b/i.test(header.trim())) return "It must begin with `Bearer `.";
  if (!token) return `Your ${name} must stand behind \`Bearer \`.`;
  const problem = secretProblem(token.trim());
  return problem === "is a placeholder"
    ? `It is still the placeholder: put your ${name} there.`
    : problem
      ? `It ${problem}.`
      : null;
}
