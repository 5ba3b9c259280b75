import { createHash } from "node:crypto";
import { parse, stripIgnoredCharacters } from "graphql";
import { OptionsError } from "../../options.ts";

/** Documents by the IDs under which clients ask for them. */
export type Manifest = Readonly<Record<string, string>>;

/** Problems that are told at once. */
const MOST_PROBLEMS = 20;

/**
 * Reads a manifest from the text of a file, as code generators write it: an object of documents by their IDs (the client preset,
 * Relay), or Apollo's, with a list of operations. `name` is the setting's. Throws `OptionsError` with a line for each problem.
 */
export function parseManifest(text: string, name: string): Manifest {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    const [at] = /line \d+ column \d+/.exec(String(error)) ?? [];
    throw new OptionsError(`${name} is not JSON${at ? ` at ${at}` : ""}.`);
  }
  const { format, operations } = { ...(given as { format?: unknown; operations?: unknown } | null) };
  const apollos = format === "apollo-persisted-query-manifest" && Array.isArray(operations);
  const manifest = apollos ? Object.fromEntries(operations.map((each) => [each?.id, each?.body])) : given;
  checkManifest(name, manifest);
  return manifest as Manifest;
}

/** Throws `OptionsError` where something is no {@link Manifest}. */
export function checkManifest(name: string, given: unknown): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new OptionsError(`${name} must be an object of GraphQL documents by their IDs.`);
  const problems = Object.entries(given).flatMap(([id, document]) => {
    const problem = problemOf(id, document);
    return problem ? [`${name}: \`${id.slice(0, 80)}\` ${problem}.`] : [];
  });
  const more = problems.length - MOST_PROBLEMS;
  if (more > 0) problems.splice(MOST_PROBLEMS, more, `${name}: ${more} more.`);
  if (problems.length > 0) throw new OptionsError(problems.join("\n"));
}

/** What is wrong with an entry, as the end of a sentence. */
function problemOf(id: string, document: unknown): string | undefined {
  if (typeof document !== "string") return "must be a GraphQL document as a text";
  try {
    parse(document, { noLocation: true });
  } catch (error) {
    return `is no GraphQL document (${(error as Error).message.replace(/\.$/, "").slice(0, 200)})`;
  }
  if (id.startsWith("sha256:") && id.slice(7) !== sha256(document)) return "is not the SHA-256 of its document";
  return undefined;
}

/** Characters of a document that is looked for without its layout; a longer one must be listed letter by letter. */
const SHORT = 64 * 1024;

/** A manifest in the form in which requests are looked up. */
export class TrustedTexts {
  readonly #ids: Map<string, string>;
  readonly #hashes = new Set<string>();

  constructor(manifest: Manifest) {
    this.#ids = new Map(Object.entries(manifest));
    for (const text of this.#ids.values())
      for (const each of [text, withoutLayout(text)]) this.#hashes.add(sha256(each));
  }

  /** The document of an ID. Apollo's clients send the hash alone that others send with `sha256:`. */
  textOf(id: string): string | undefined {
    return this.#ids.get(id) ?? this.#ids.get(`sha256:${id}`) ?? this.#ids.get(id.replace(/^sha256:/, ""));
  }

  /** Whether a document is listed, but for what GraphQL ignores: spaces, line breaks, commas, comments. It is not parsed. */
  has(text: string): boolean {
    return this.#hashes.has(sha256(text)) || (text.length <= SHORT && this.#hashes.has(sha256(withoutLayout(text))));
  }
}

/** SHA-256 of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function withoutLayout(text: string): string {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    // It has a character that no document has.
    return text;
  }
}
