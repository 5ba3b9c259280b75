import type { SandboxResponse } from "./answer.ts";
import { connectors } from "./quirks/connectors.ts";
import { errors } from "./quirks/errors.ts";
import { hostile } from "./quirks/hostile.ts";
import { pages } from "./quirks/pages.ts";
import { people } from "./quirks/people.ts";
import { policies } from "./quirks/policies.ts";
import type { QuirkHooks } from "./quirks/quirk.ts";
import { shapes } from "./quirks/shapes.ts";
import { words } from "./quirks/words.ts";

/**
 * Every way in which Cloudflare's answers differ from its reference, or from the answers that the sandbox gives unless
 * told: `createSandbox({ quirks: ["scopeAsArray"] })`. Each is made anew for every sandbox, for some of them remember.
 */
export const quirks = {
  ...shapes,
  ...words,
  ...policies,
  ...people,
  ...connectors,
  ...pages,
  ...errors,
  ...hostile,
};

/** The name of an quirk; its docstring, in `quirks/`, gives the fact it rests on. */
export type Quirk = keyof typeof quirks;

/** Quirks together, applied in the order in which they are named; `undefined` for none. */
export function combine(names: readonly Quirk[]): Required<QuirkHooks> | undefined {
  if (names.length === 0) return undefined;
  const all: QuirkHooks[] = names.map((name) => quirks[name]());
  return {
    query: (query, route) => all.reduce((before, odd) => odd.query?.(before, route) ?? before, query),
    page: (page, route) => all.reduce((before, odd) => odd.page?.(before, route) ?? before, page),
    value: (key, value, route) =>
      all.reduce((before, odd) => (odd.value ? odd.value(key, before, route) : before), value),
    refusal: (response, route) => all.reduce((before, odd) => odd.refusal?.(before, route) ?? before, response),
  };
}

/** An answer as the quirks leave it: a success value by value, a refusal as a whole. */
export function applyQuirks(response: SandboxResponse, odd: Required<QuirkHooks>, route: string): SandboxResponse {
  if (response.status >= 400) return odd.refusal(response, route);
  const envelope: unknown = JSON.parse(response.text, (key, value) => odd.value(key, value, route));
  return { ...response, text: JSON.stringify(envelope) };
}
