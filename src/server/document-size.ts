import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { type LimitName, type Limits, limitExceeded, MAX_NESTING } from "./limits.ts";

/** What a document asks for with every fragment put where it is spread, all of its operations together. */
export interface DocumentSize {
  tokens: number;
  /** Fields within each other. */
  depth: number;
  /** Selection sets within each other, those of fragments included. */
  nesting: number;
  fields: number;
  aliases: number;
  /** Of the operation that has most. */
  rootFields: number;
  directives: number;
}

/** One definition as it stands. */
interface Own extends DocumentSize {
  spreads: { name: string; depth: number; nesting: number }[];
}

const nothing: DocumentSize = { tokens: 0, depth: 0, nesting: 0, fields: 0, aliases: 0, rootFields: 0, directives: 0 };

/**
 * Measures a document in a time that is linear in its text, however large it is with its fragments put in: numbers grow
 * to `Infinity`, not beyond. A fragment that is nowhere spread counts where it stands. A fragment within itself counts once;
 * validation refuses it.
 */
export function sizeOf({ definitions }: DocumentNode): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  const known = new Map<string, DocumentSize>();
  const open = new Set<string>();

  function fragmentSize(name: string): DocumentSize {
    const fragment = fragments.get(name);
    const size = known.get(name);
    if (size || !fragment || open.has(name)) return size ?? nothing;
    // The nesting is refused, whatever else there is.
    if (open.size > MAX_NESTING) return { ...nothing, nesting: Number.POSITIVE_INFINITY };
    open.add(name);
    const whole = withFragments(ownSize(fragment));
    open.delete(name);
    known.set(name, whole);
    return whole;
  }

  function withFragments({ spreads, ...own }: Own): DocumentSize {
    const whole = own;
    for (const { name, depth, nesting } of spreads) {
      const size = fragmentSize(name);
      whole.tokens += size.tokens;
      whole.depth = Math.max(whole.depth, depth + size.depth);
      whole.nesting = Math.max(whole.nesting, nesting + size.nesting);
      whole.fields += size.fields;
      whole.aliases += size.aliases;
      whole.directives += size.directives;
      if (depth === 0) whole.rootFields += size.rootFields;
    }
    return whole;
  }

  const total = { ...nothing };
  function add(size: DocumentSize, rootFields: number): void {
    total.tokens += size.tokens;
    total.depth = Math.max(total.depth, size.depth);
    total.nesting = Math.max(total.nesting, size.nesting);
    total.fields += size.fields;
    total.aliases += size.aliases;
    total.directives += size.directives;
    total.rootFields = Math.max(total.rootFields, rootFields);
  }
  for (const each of definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) continue;
    const size = withFragments(ownSize(each));
    add(size, size.rootFields);
  }
  const spread = new Set(known.keys());
  for (const each of definitions) {
    if (each.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const { value: name } = each.name;
    if (spread.has(name) && fragments.get(name) === each) continue;
    const own = ownSize(each);
    add({ ...own, nesting: Math.max(own.nesting, fragmentSize(name).nesting) }, 0);
  }
  return total;
}

function ownSize(definition: DefinitionNode): Own {
  const own: Own = { ...nothing, tokens: tokensOf(definition), spreads: [] };
  const count = (directives: readonly DirectiveNode[] | undefined) => {
    own.directives += directives?.length ?? 0;
  };
  const walk = ({ selections }: SelectionSetNode, depth: number, nesting: number): void => {
    own.nesting = Math.max(own.nesting, nesting);
    for (const selection of selections) {
      count(selection.directives);
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        own.spreads.push({ name: selection.name.value, depth, nesting });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, depth, nesting + 1);
      } else {
        own.depth = Math.max(own.depth, depth + 1);
        own.fields++;
        if (selection.alias) own.aliases++;
        if (depth === 0) own.rootFields++;
        if (selection.selectionSet) walk(selection.selectionSet, depth + 1, nesting + 1);
      }
    }
  };
  if ("directives" in definition) count(definition.directives);
  if ("variableDefinitions" in definition)
    for (const each of definition.variableDefinitions ?? []) count(each.directives);
  if ("selectionSet" in definition) walk(definition.selectionSet, 0, 1);
  return own;
}

/** The parser links the tokens that it made a node of. */
function tokensOf({ loc }: DefinitionNode): number {
  let tokens = 1;
  for (let token = loc?.startToken; token && token !== loc?.endToken && token.next; token = token.next) tokens++;
  return tokens;
}

/** Throws a {@link limitExceeded} where a document is larger than allowed. */
export function checkSize(size: DocumentSize, limits: Limits): void {
  const check = (found: number, allowed: number, name: LimitName, what: string) => {
    if (found <= allowed) return;
    const shown = Math.min(found, Number.MAX_SAFE_INTEGER);
    throw limitExceeded(`The document has ${shown} ${what}`, name, allowed, shown);
  };
  check(
    size.nesting,
    MAX_NESTING,
    "MAX_NESTING",
    "selection sets within each other, with each fragment where it is spread",
  );
  check(size.depth, limits.depth, "MAX_DEPTH", "fields within each other");
  check(size.rootFields, limits.rootFields, "MAX_ROOT_FIELDS", "root fields in one operation");
  check(size.aliases, limits.aliases, "MAX_ALIASES", "aliases");
  check(size.directives, limits.directives, "MAX_DIRECTIVES", "directives");
  check(size.tokens, limits.tokens, "MAX_TOKENS", "tokens, with each fragment where it is spread");
}
