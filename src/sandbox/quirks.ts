import type { SandboxResponse } from "./answer.ts";
import { connectors } from "./quirks/connectors.ts";
import { refusals } from "./quirks/errors.ts";
import { hostile } from "./quirks/hostile.ts";
import { pages } from "./quirks/pages.ts";
import { people } from "./quirks/people.ts";
import { policies } from "./quirks/policies.ts";
import type { Oddness } from "./quirks/quirk.ts";
import { shapes } from "./quirks/shapes.ts";
import { words } from "./quirks/words.ts";

/**
 * Every way in which Cloudflare's answers differ from its reference, or from the answers that the sandbox gives unless
 * told: `createSandbox({ oddities: ["scopeAsArray"] })`. Each is made anew for every sandbox, for some of them remember.
 */
export const oddities = {
  ...shapes,
  ...words,
  ...policies,
  ...people,
  ...connectors,
  ...pages,
  ...refusals,
  ...hostile,
};

/** The name of an oddity; its docstring, in `oddities/`, gives the fact it rests on. */
export type Oddity = keyof typeof oddities;

/** Oddities together, applied in the order in which they are named; `undefined` for none. */
export function combine(names: readonly Oddity[]): Required<Oddness> | undefined {
  if (names.length === 0) return undefined;
  const all: Oddness[] = names.map((name) => oddities[name]());
  return {
    query: (query, route) => all.reduce((before, odd) => odd.query?.(before, route) ?? before, query),
    page: (page, route) => all.reduce((before, odd) => odd.page?.(before, route) ?? before, page),
    value: (key, value, route) =>
      all.reduce((before, odd) => (odd.value ? odd.value(key, before, route) : before), value),
    refusal: (response, route) => all.reduce((before, odd) => odd.refusal?.(before, route) ?? before, response),
  };
}

/** An answer as the oddities leave it: a success value by value, a refusal as a whole. */
export function disguise(response: SandboxResponse, odd: Required<Oddness>, route: string): SandboxResponse {
  if (response.status >= 400) return odd.refusal(response, route);
  const envelope: unknown = JSON.parse(response.text, (key, value) => odd.value(key, value, route));
  return { ...response, text: JSON.stringify(envelope) };
}
