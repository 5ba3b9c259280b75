import { checkOptions, object, value } from "../options.ts";
import { HttpError } from "./http-error.ts";
import { documentIdOf, isDocument } from "./operation-params.ts";
import { checkManifest, type Manifest, sha256, TrustedTexts } from "./trusted-documents/manifest.ts";

/** Options of {@link trustedDocuments}. */
export interface TrustedDocumentsOptions {
  /** Documents by their IDs; a function is asked for each request. */
  documents: Manifest | (() => Manifest);
  /** `required`: a document that is not listed is refused. `audit`: it is logged, and runs. @default "required" */
  mode?: "audit" | "required";
}

/** A request whose document is looked at. */
export interface AskedDocument {
  requestId: string;
  /** Its caller may send any document. */
  anyDocument: boolean;
  logger: { info(line: string): void; warn(line: string): void };
}

/** Parameters of an operation, as a client has sent them. */
export type SentParams = Readonly<Record<string, unknown>>;

/** Trusted documents, for the option `trustedDocuments` of `createGateway`. */
export interface TrustedDocuments {
  /** The parameters of an operation with its document in the place of an ID. Throws `HttpError`. The gateway calls this. */
  admit(params: SentParams, asked: AskedDocument): SentParams;
}

const isManifest = (given: unknown) => typeof given === "function" || (typeof given === "object" && given !== null);
const allowed = object<TrustedDocumentsOptions>(
  {
    documents: value("an object of documents by their IDs, or a function that gives one", isManifest),
    mode: value("audit or required", (given) => given === "audit" || given === "required"),
  },
  "documents",
);

/**
 * Makes a list of documents that clients may send, by their IDs or as they are. An ID may be a `documentId`, as GraphQL over HTTP
 * has it, or take the form of Apollo's or Relay's clients. Throws `OptionsError`.
 */
export function trustedDocuments(options: TrustedDocumentsOptions): TrustedDocuments {
  checkOptions("trustedDocuments", allowed, options);
  const { documents, mode = "required" } = options;
  if (typeof documents !== "function") checkManifest("trustedDocuments", documents);
  let [manifest, texts] = [undefined as Manifest | undefined, new TrustedTexts({})];
  const current = () => {
    const given = typeof documents === "function" ? documents() : documents;
    if (given !== manifest) [manifest, texts] = [given, new TrustedTexts(given)];
    return texts;
  };
  const admit: TrustedDocuments["admit"] = (params, { requestId, anyDocument, logger }) => {
    // Yoga refuses parameters that it does not know.
    const { documentId, doc_id, id, ...known } = params;
    const { query } = known;
    if (!isDocument(query)) {
      const asked = documentIdOf(params);
      if (!asked) return known;
      const text = current().textOf(asked.value);
      if (text === undefined) throw notFound(asked.form);
      return { ...known, query: text };
    }
    if (typeof query !== "string" || current().has(query)) return known;
    const hash = `sha256:${sha256(query)}`;
    if (anyDocument) logger.info(`Request ${requestId} has an exempt document, which is not listed: ${hash}`);
    else if (mode === "audit")
      logger.warn(`Request ${requestId} has an unknown document, which is not listed: ${hash}`);
    else throw new HttpError(403, `This gateway runs trusted documents only, and ${hash} is none of them.`, refusal);
    return known;
  };
  return { admit };
}

const refusal = { code: "FORBIDDEN", spec: true } as const;

/**
 * Apollo's and urql's clients look for this code or message; after it they send the document once. Apollo's for Kotlin and Swift
 * read no body under 400.
 */
function notFound(form: string): HttpError {
  return new HttpError(400, "PersistedQueryNotFound", {
    code: "PERSISTED_QUERY_NOT_FOUND",
    spec: form === "apollo",
    headers: { "cache-control": "no-store" },
  });
}
