import { createHash } from "node:crypto";
import { type DocumentNode, type ExecutionResult, type GraphQLError, getOperationAST, Kind, visit } from "graphql";
import { isAsyncIterable, type Plugin } from "graphql-yoga";
import { type Code, toClientError } from "../graph/error.ts";
import { budgetKey } from "../upstream/budget.ts";
import { type CallObserver, WaitingTime } from "../upstream/call-events.ts";
import type { OperationUsage } from "../upstream/usage.ts";
import type { Caller } from "./caller.ts";
import type { Hooks, OperationEvent, Outcome } from "./hooks.ts";
import { type Log, safely } from "./log.ts";
import { requestIdOf } from "./request-id.ts";
import { safeTracing } from "./safe-tracing.ts";

/** What is known of an operation while it runs. */
export class OperationRecord {
  readonly observer: CallObserver;
  readonly began: number = performance.now();
  document: DocumentNode | undefined;
  executed = false;
  context: { usage: OperationUsage; objects: { made: number } } | undefined;
  /** The equal operation whose answer it has. */
  joined: OperationRecord | undefined;

  constructor(observer: Omit<CallObserver, "waiting">) {
    this.observer = { ...observer, waiting: new WaitingTime() };
  }
}

/** What the plugin adds to the context of an operation. */
export interface ObservedOperation {
  record: OperationRecord;
}

/** Tells the hooks of each operation, and notes whom its calls are reported to. It stands behind all others of the gateway's. */
export function operationEvents(hooks: Hooks, callerOf: (request: Request) => Caller, log: Log): Plugin {
  const onOperation = hooks.onOperation && safely(hooks.onOperation, log);
  const onCall = hooks.onCall && safely(hooks.onCall, log);
  const startSpan = hooks.tracing && safeTracing(hooks.tracing, log);
  const executes = (context: object) => {
    const { record } = context as Partial<ObservedOperation>;
    if (record) record.executed = true;
  };

  return {
    onParams: ({ paramsHandler, setParamsHandler }) => {
      setParamsHandler(async (payload) => {
        const { request, params } = payload;
        const requestId = requestIdOf(request);
        const span = startSpan?.(request.headers);
        const record = new OperationRecord({ requestId, onCall, startCall: span && ((call) => span.call(call)) });
        const ended = (result: ExecutionResult | undefined) => {
          const { id, credential } = callerOf(request);
          const caller = id ?? (credential ? budgetKey(credential).slice(0, 16) : null);
          const event = eventOf(record, result, {
            requestId,
            caller,
            query: params.query ?? "",
            name: params.operationName,
          });
          span?.end(event);
          onOperation?.(event);
        };
        let result: Awaited<ReturnType<typeof paramsHandler>>;
        try {
          result = await paramsHandler({ ...payload, context: { ...payload.context, record } as never });
        } catch (error) {
          ended(undefined);
          throw error;
        }
        if (!isAsyncIterable(result)) {
          ended(result);
          return result;
        }
        return eventsUntil(result as AsyncIterable<ExecutionResult>, record, (all) =>
          ended(request.signal.aborted ? undefined : all),
        ) as never;
      });
    },
    onParse:
      ({ context }) =>
      ({ result }) => {
        const { record } = context as Partial<ObservedOperation>;
        if (record && "definitions" in result) record.document = result;
      },
    onExecute: ({ args }) => executes(args.contextValue),
    onSubscribe: ({ args }) => executes(args.contextValue),
  };
}

/**
 * The results of a subscription; `onEnd` is called once with all their errors as those of one, or with nothing where its client has left.
 * The time in which nothing happens is none of the gateway's own.
 */
function eventsUntil(
  results: AsyncIterable<ExecutionResult>,
  { observer }: OperationRecord,
  onEnd: (all: ExecutionResult | undefined) => void,
): AsyncIterableIterator<ExecutionResult> {
  const iterator = results[Symbol.asyncIterator]();
  const errors: GraphQLError[] = [];
  const waited = observer.waiting.begin();
  let over = false;
  const end = (all: ExecutionResult | undefined) => {
    if (over) return;
    over = true;
    waited();
    onEnd(all);
  };
  return {
    async next() {
      const result = await iterator.next();
      if (result.done) end({ data: {}, errors });
      else if (errors.length < MOST_ERRORS) errors.push(...(result.value.errors ?? []));
      return result;
    },
    async return() {
      end(undefined);
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** What a request says of its operation. */
interface Asked {
  requestId: string;
  caller: string | null;
  query: string;
  name: string | null | undefined;
}

function eventOf(record: OperationRecord, result: ExecutionResult | undefined, asked: Asked): OperationEvent {
  const { requestId, caller } = asked;
  const { joined } = record;
  const { document, executed, context } = joined ?? record;
  const operation = document && getOperationAST(document, asked.name);
  const { calls = 0, shared = 0, retries = 0, cached = 0, stale = 0, age = null } = context?.usage ?? {};
  const milliseconds = performance.now() - record.began;
  const upstream = joined ? milliseconds : Math.min(milliseconds, record.observer.waiting.milliseconds);
  return {
    requestId,
    name: operation?.name?.value ?? null,
    kind: operation?.operation ?? null,
    documentHash: hashOf(asked.query, document),
    caller,
    accessQuestions: document ? accessQuestionsOf(document) : [],
    outcome: result ? outcomeOf(result, executed) : "aborted",
    codes: codesOf(result?.errors ?? [], requestId),
    joined: joined !== undefined,
    calls: joined ? 0 : calls,
    shared: joined ? calls + shared : shared,
    retries: joined ? 0 : retries,
    cached,
    stale,
    age,
    objects: context?.objects.made ?? 0,
    milliseconds,
    upstreamMilliseconds: upstream,
    ownMilliseconds: milliseconds - upstream,
  };
}

const hashes = new WeakMap<DocumentNode, string>();

/** Documents come again, and are parsed once. */
function hashOf(text: string, document: DocumentNode | undefined): string {
  const known = document && hashes.get(document);
  if (known) return known;
  const hash = createHash("sha256").update(text).digest("hex");
  if (document) hashes.set(document, hash);
  return hash;
}

function outcomeOf({ data, errors }: ExecutionResult, executed: boolean): Outcome {
  if (!errors || errors.length === 0) return "ok";
  if (data) return "partial";
  return executed ? "failed" : "rejected";
}

/** Errors that are looked at: thousands may be equal. */
const MOST_ERRORS = 100;

function codesOf(errors: readonly GraphQLError[], requestId: string): Code[] {
  const shown = errors.slice(0, MOST_ERRORS).map((error) => toClientError(error, requestId, () => {}));
  return [...new Set(shown.map(({ extensions }) => extensions.code as Code))];
}

/** Fields that ask who may do what. `access` of a policy, which has no fields of its own, is none of them. */
export const questions: ReadonlySet<string> = new Set([
  "access",
  "accessChanges",
  "effectiveAccess",
  "enforcementPreview",
  "offboarding",
  "usedBy",
  "whoCan",
]);

const asked = new WeakMap<DocumentNode, readonly string[]>();

function accessQuestionsOf(document: DocumentNode): readonly string[] {
  const known = asked.get(document);
  if (known) return known;
  const found = new Set<string>();
  visit(document, {
    [Kind.FIELD]: ({ name, selectionSet }) => {
      if (selectionSet && questions.has(name.value)) found.add(name.value);
    },
  });
  const names = [...found];
  asked.set(document, names);
  return names;
}
