import type { GraphQLParams } from "graphql-yoga";
import { parseJson } from "./bounded-json.ts";
import { HttpError } from "./http-error.ts";

/** What a request may say once. Whatever else a query string has is of no concern. */
const names = ["query", "operationName", "variables", "extensions", "documentId"] as const;

/** The operation of a GET, from the query string of its URL. */
export function paramsOfQuery(url: string, most: number): GraphQLParams {
  const start = url.indexOf("?");
  const text = start === -1 ? "" : url.slice(start + 1);
  if (text.length > most) {
    const limit = { name: "MAX_BODY_SIZE", allowed: most, found: text.length };
    const message = `The query string must have at most ${most} bytes, and has ${text.length}.`;
    throw new HttpError(414, message, { code: "LIMIT_EXCEEDED", limit });
  }
  checkPercentEncoding(text);
  const given = new URLSearchParams(text);
  const [query, operationName, variables, extensions, documentId] = names.map((name) => {
    const [value, ...more] = given.getAll(name);
    if (more.length > 0) throw new HttpError(400, `The query string must have \`${name}\` once.`);
    // An empty one is what forms and clients send for none.
    return value || undefined;
  });
  const [doc_id, id] = [given.get("doc_id"), given.get("id")];
  return {
    ...(query && { query }),
    ...(operationName && { operationName }),
    ...(variables && { variables: parseJson(variables, "`variables`") as Record<string, unknown> }),
    ...(extensions && { extensions: parseJson(extensions, "`extensions`") as Record<string, unknown> }),
    // Beside a document they are of no concern, either.
    ...(!query && { ...(documentId && { documentId }), ...(doc_id && { doc_id }), ...(id && { id }) }),
  };
}

/** `URLSearchParams` leaves a broken escape as it is, and puts U+FFFD where bytes are no UTF-8. */
function checkPercentEncoding(text: string): void {
  try {
    decodeURIComponent(text);
  } catch {
    throw new HttpError(400, "The query string is not percent-encoded UTF-8.");
  }
}

/** Refuses a POST whose body is not JSON in UTF-8, as it is. A form needs no leave of the browser to be sent by any site. */
export function checkMediaType(headers: Headers): void {
  // Several are no valid header, but some clients send the same one twice.
  const [first = ""] = (headers.get("content-type") ?? "").toLowerCase().split(",");
  const [type = "", ...parameters] = first.split(";").map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  if (!/^application\/(graphql\+)?json$/.test(type) || (charset ?? "utf-8") !== "utf-8") {
    throw new HttpError(415, "Send the operation as `content-type: application/json`, in UTF-8.");
  }
  if (!/^(identity)?$/i.test(headers.get("content-encoding") ?? "")) {
    throw new HttpError(415, "Send the body without `content-encoding`.", {
      headers: { "accept-encoding": "identity" },
    });
  }
}

/** The operation of a POST. */
export function paramsOfBody(text: string): GraphQLParams {
  const body = parseJson(text, "The body");
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new HttpError(400, "The body must be one JSON object, with the operation in `query`. There are no batches.");
}

/**
 * Error for clients that send the hash of a document in its place. Apollo's look for the code or the message, urql's
 * for the message; both then send documents. Apollo's for Kotlin and Swift read no body under 400.
 */
const persistedQueryNotSupported = () =>
  new HttpError(400, "PersistedQueryNotSupported", {
    code: "PERSISTED_QUERY_NOT_SUPPORTED",
    spec: true,
    headers: { "cache-control": "no-store" },
  });

/** Whether parameters have a document, whatever it is. */
export function isDocument(query: unknown): boolean {
  return query != null && query !== "";
}

/** The ID of a document, and the form in which it came. */
export interface DocumentId {
  form: "documentId" | "apollo" | "relay";
  value: string;
}

/**
 * The ID in the place of a document: `documentId` as GraphQL over HTTP has it, the hash of Apollo's persisted queries, `doc_id` or `id` as
 * Relay's documentation has it. `undefined` where there is none.
 */
export function documentIdOf(params: object): DocumentId | undefined {
  const { documentId, doc_id, id, extensions } = params as Record<string, unknown>;
  if (typeof documentId === "string") return { form: "documentId", value: documentId };
  const persisted = (extensions as { persistedQuery?: { sha256Hash?: unknown } } | null)?.persistedQuery;
  if (persisted != null) return { form: "apollo", value: String(persisted.sha256Hash) };
  const relays = [doc_id, id].find((given) => typeof given === "string");
  return relays === undefined ? undefined : { form: "relay", value: relays as string };
}

/** Refuses parameters of the wrong type, and IDs in place of a document. */
export function checkParams(params: GraphQLParams): void {
  const { query, operationName, variables, extensions } = params as Record<string, unknown>;
  if (!isDocument(query) && documentIdOf(params)) throw persistedQueryNotSupported();
  if (typeof query !== "string") throw new HttpError(400, "`query` must be a string: the GraphQL document.");
  if (typeof (operationName ?? "") !== "string") throw new HttpError(400, "`operationName` must be a string, or null.");
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (value != null && (typeof value !== "object" || Array.isArray(value))) {
      throw new HttpError(400, `\`${name}\` must be an object, or null.`);
    }
  }
}
