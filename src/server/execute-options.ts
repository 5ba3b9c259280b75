import type { DocumentTypeDecoration, TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { ExecutionResult } from "graphql";
import type { Credential } from "../cloudflare/client.ts";
import { checkOptions, OptionsError, object, text, value } from "../options.ts";
import { isRights } from "../upstream/rights.ts";
import type { Caller } from "./caller.ts";
import { isCredential } from "./credential.ts";
import { requestIdFrom } from "./request-id.ts";

/**
 * An operation as code generators make it, parsed (`TypedDocumentNode`) or as text (`TypedDocumentString`), with the types
 * of its data and variables; or any document as a string.
 */
export type OperationDocument<Data, Variables> =
  | TypedDocumentNode<Data, Variables>
  | (DocumentTypeDecoration<Data, Variables> & { toString(): string })
  | string;

/** What goes with an operation, beside its variables. */
interface OperationOptions {
  /** Credential of the calls. With `null` no call is made, and each field that needs one fails with `UNAUTHENTICATED`. */
  credential: Credential | null;
  /**
   * Who asks, and what they may do beyond what the credential may. A gateway with `authenticate` must be told; the result of
   * `authenticate` can be given as it is. @default whoever has the credential may do what it may
   */
  caller?: Pick<Caller, "id" | "rights"> | undefined;
  /**
   * Ends the waiting: `execute` rejects with the signal's reason, and reads that nobody else waits for are given up. A write
   * that was sent goes on.
   */
  signal?: AbortSignal | undefined;
  /** Which operation is meant, where the document has several. */
  operationName?: string | undefined;
  /** What the header `Cache-Control` says over HTTP: how old reads may be, as `"max-age=30"`. @default nothing is said */
  cacheControl?: string | undefined;
  /** What the header `x-upstream-explain` asks for over HTTP: the plan instead of the answer, or every call beside it. */
  explain?: "plan" | "analyze" | undefined;
  /** The ID under which unexpected errors are logged: 128 letters, digits and `_ . : -` at most. @default a new one */
  requestId?: string | undefined;
}

/** What goes with an operation. Variables may be left out where none is required. */
export type ExecuteOptions<Variables> = OperationOptions &
  (Record<string, never> extends Variables ? { variables?: Variables | undefined } : { variables: Variables });

const isHeaderValue = (given: unknown) => typeof given === "string" && /^[\t\x20-\x7e]*$/.test(given);
const isSignal = (given: unknown) => typeof (given as AbortSignal | null)?.addEventListener === "function";
const isId = (given: unknown) => typeof given === "string" && requestIdFrom(given) === given;
const any = value("", () => true);

function isCaller(given: unknown): boolean {
  const { id, rights } = { ...(given as Partial<Caller> | null) };
  return (typeof id === "string" || id === null) && (rights === null || isRights(rights));
}

const executeOptions = object<ExecuteOptions<Record<string, unknown>>>({
  // Looked at on its own, because a refusal shows what was given.
  credential: any,
  caller: value('{ id, rights }: a string, and a Map from account ids or "*" to read or write', isCaller),
  // Refused as over HTTP, as the caller's mistake.
  variables: any,
  operationName: text,
  signal: value("an AbortSignal", isSignal),
  cacheControl: value("a value of the header Cache-Control, in one line", isHeaderValue),
  explain: value("plan or analyze", (given) => given === "plan" || given === "analyze"),
  requestId: value("at most 128 letters, digits and _ . : -", isId),
});

/**
 * Throws `OptionsError` where options have another name or kind, or lack a caller that is needed. No part of a credential is
 * in its message.
 */
export function checkExecuteOptions(options: unknown, needsCaller: boolean): void {
  const maker = "gateway.execute";
  checkOptions(maker, executeOptions, options);
  const { credential, caller } = options as { credential: unknown; caller?: unknown };
  if (needsCaller && caller === undefined)
    throw new OptionsError(`${maker}: \`caller\` is missing; this gateway has \`authenticate\`, so say who asks.`);
  if (credential === null || isCredential(credential)) return;
  throw new OptionsError(`${maker}: \`credential\` must be { token }, { email, key } or null, each a string.`);
}

/**
 * Executes an operation without HTTP, under the same guards and limits, and gives what the body of the answer would say:
 * `JSON.stringify` of both is the same. Nobody else has the objects of the result. Whatever is wrong with the operation is an
 * error of the result. Rejects with the reason of `signal`, and with `OptionsError`.
 */
export type Execute = <Data = Record<string, unknown>, Variables = Record<string, unknown>>(
  document: OperationDocument<Data, Variables>,
  options: ExecuteOptions<Variables>,
) => Promise<ExecutionResult<Data>>;
