import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  OverlappingFieldsCanBeMergedRule,
  specifiedRules,
  type ValidationRule,
  validate,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { compiledSize } from "../execution/compiled-size.ts";
import type { TimeSlice } from "../execution/time-slice.ts";
import { DocumentCache, parsedSize } from "./document-cache.ts";
import { scan } from "./document-scan.ts";
import { checkSize, sizeOf } from "./document-size.ts";
import type { Limits } from "./limits.ts";
import { FieldsMergeRule } from "./merge-rule.ts";
import { withoutSuggestions } from "./suggestions.ts";

/** Errors of one document: each costs a search for what may have been meant. */
export const MAX_ERRORS = 20;

/** Rules of validation with those replaced whose time is not linear in the document with its fragments opened. */
export function linearRules(rules: readonly ValidationRule[]): ValidationRule[] {
  return rules.map((rule) => (rule === OverlappingFieldsCanBeMergedRule ? FieldsMergeRule : rule));
}

/** Rejects the SDL of a subgraph, which tells the whole schema. */
const NoServiceRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== "_service" || context.getParentType()?.name !== "Query") return;
    context.reportError(
      new GraphQLError("The SDL is not disclosed: compose the published one, or have INTROSPECTION set to `true`.", {
        nodes: node,
      }),
    );
  },
});

/** Characters of a document that is parsed and validated in less than a millisecond or two. */
const SHORT = 1000;

/** How documents are parsed, validated and kept. */
export interface DocumentOptions {
  limits: Limits;
  /** Bytes of documents that are kept. */
  cacheSize: number;
  slice: Pick<TimeSlice, "over" | "turn">;
  /** Whether a document may ask for the schema. @default true */
  introspection?: boolean;
  /** Whether errors say what may have been meant. @default true */
  suggestions?: boolean;
}

/**
 * Parses and validates documents within {@link Limits}, and remembers them in at most `cacheSize` bytes. It takes the place
 * of Yoga's `parserAndValidationCache`, which holds a number of documents of any size. Of long documents
 * some are parsed, or planned if they are known, in one turn of the event loop; the others wait, so that many at once do not
 * delay other requests.
 */
export function boundedDocuments(options: DocumentOptions): Plugin {
  const { limits, cacheSize, slice, introspection = true, suggestions = true } = options;
  const cache = new DocumentCache(cacheSize);
  /** Parsed and not validated yet. */
  const fresh = new WeakMap<DocumentNode, { text: string; size: number }>();
  /** Errors without their stacks, which hold on to everything that validated. */
  const results = new WeakMap<DocumentNode, Pick<GraphQLError, "message" | "nodes">[]>();

  function parseWithin(text: string, parse: () => DocumentNode): DocumentNode {
    const known = cache.get(text);
    if (known) return known;
    const scanned = scan(text, limits);
    const document = parse();
    checkSize(sizeOf(document), limits);
    fresh.set(document, { text, size: parsedSize(text, scanned) });
    return document;
  }

  function validateOnce(schema: GraphQLSchema, document: DocumentNode, rules: readonly ValidationRule[]) {
    const known = results.get(document);
    if (known) return known.map(({ message, nodes }) => new GraphQLError(message, { nodes: nodes ?? null }));
    const all = introspection ? rules : [...rules, NoSchemaIntrospectionCustomRule, NoServiceRule];
    const found = validate(schema, document, linearRules(all), { maxErrors: MAX_ERRORS });
    const errors = suggestions ? found : withoutSuggestions(found);
    const told = errors.map(({ message, nodes }) => ({ message, nodes }));
    results.set(document, told);
    const parsed = fresh.get(document);
    const compiled = errors.length === 0 ? compiledSize(schema, document) : 0;
    if (parsed) cache.set(parsed.text, document, { parsed: parsed.size, compiled });
    return errors;
  }

  return {
    onParams: ({ params: { query } }) => {
      if (typeof query === "string" && query.length > SHORT && slice.over) return slice.turn();
    },
    onParse: ({ parseFn, setParseFn }) => {
      setParseFn((source, options) => parseWithin(String(source.body ?? source), () => parseFn(source, options)));
    },
    onValidate: ({ setValidationFn }) => {
      setValidationFn((schema, document, rules = specifiedRules) => validateOnce(schema, document, rules));
    },
  };
}
