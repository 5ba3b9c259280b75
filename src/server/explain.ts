import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { CloudflareError, Kind } from "../cloudflare/error.ts";
import {
  type AnswerSize,
  answerSizeOf,
  greatestFirst,
  MAX_PAGE,
  MAX_SCHEMA_OBJECTS,
  maxAffordableFirst,
  planOf,
} from "../plan/plan.ts";
import { type Admission, availableToFanOuts } from "../upstream/admit/admission.ts";
import type { QuotaStatus } from "../upstream/budget.ts";
import type { CacheDirective } from "../upstream/freshness/directive.ts";
import { operationTooExpensive, quotaExceeded, tooManyObjects } from "../upstream/limit-errors.ts";
import type { OperationUsage, PlannedCalls } from "../upstream/usage.ts";
import { coerceVariables } from "../variable-values.ts";
import { callsNow, type ExecuteFn, type Rehearsal } from "./rehearsal.ts";

/** The header that asks for the plan instead of the answer, or for every call beside it. */
export const EXPLAIN = "x-upstream-explain";

/** What is said of an operation's calls, and to whom. */
export interface ExplainOptions {
  schema: GraphQLSchema;
  /** Calls that one operation may make. */
  most: number;
  /** Objects that one answer may have. */
  mostObjects: number;
  /** Whether responses have their cost, and {@link EXPLAIN} is honoured. */
  tell: boolean;
  /** Whether reads are remembered, so that every answer tells its age. */
  remembers: boolean;
}

/** What the plugin needs of an operation's context. */
export interface ExplainContext {
  usage: OperationUsage;
  /** Objects that its answer has so far. */
  objects: { made: number };
  admission: Admission;
  /** IDs of the accounts that the caller has a right to; `"*"` for all that the credential sees. */
  accounts: readonly string[] | "*";
  /** What is left of the caller's quota. */
  quota: () => Promise<QuotaStatus>;
  /** What {@link EXPLAIN} asked for. */
  explain: string | null;
  /** What the operation accepts of earlier reads. */
  directive: CacheDirective;
  /** A context of the same operation in which nothing is sent, and remembered reads may have that age in milliseconds. */
  rehearse: (maxAge: number) => Rehearsal;
  /** Knows why nothing may be sent with the operation's credential. */
  guard: { refusal(): CloudflareError | undefined };
}

/**
 * Knows what an operation costs before it runs: refuses what cannot fit before its first call, and tells what was planned
 * and what was spent under `extensions.upstream`.
 */
export function explainPlugin({ schema, most, mostObjects, tell, remembers }: ExplainOptions): Plugin {
  async function upstreamOf(context: ExplainContext) {
    const { usage, quota, objects: size } = context;
    const { planned, plannedObjects, calls, shared, retries, analysis } = usage;
    const objects = { planned: plannedObjects, made: size.made };
    const { left, resetAt } = await quota();
    const remaining = Number.isFinite(left) ? left : null;
    const spent = { planned, objects, calls, shared, ...freshnessOf(context), retries, remaining, resetAt };
    return { upstream: { ...spent, ...(analysis && { analysis }) } };
  }

  /** What an answer tells beside its data: its cost, and its age where the caller has said what they accept. */
  async function extensionsOf(context: ExplainContext) {
    const { directive, usage } = context;
    const told = tell ? await upstreamOf(context) : directive.stated && { upstream: freshnessOf(context) };
    const { age } = usage;
    return {
      ...told,
      ...((remembers || directive.stated) && age !== null && { http: { headers: { age: String(age) } } }),
    };
  }

  async function refusal(
    { usage: { planned, maxAffordableFirst }, quota: read, admission, guard, directive }: ExplainContext,
    now: () => Promise<PlannedCalls>,
  ) {
    let { min } = planned;
    const unsendable = min > 0 ? guard.refusal() : undefined;
    if (unsendable) return unsendable;
    // It makes no call, whatever is planned.
    if (directive.onlyIfCached) return undefined;
    if (min > most)
      return operationTooExpensive("", { needed: min, left: most, limit: most, first: maxAffordableFirst(most) });
    if (min === 0 || admission.waitsForReset) return undefined;
    const status = await read();
    const { left, quota, asksAt } = status;
    // Its first call may ask whether what closes the credential still holds.
    if (min <= left || (asksAt && asksAt.getTime() <= Date.now())) return undefined;
    min = (await now()).min;
    if (min <= left) return undefined;
    const cost = { needed: min, left, limit: quota, first: maxAffordableFirst(availableToFanOuts(status)) };
    // What is larger than the quota fits at no time.
    return quotaExceeded("", cost, { ...status, resetAt: min > quota ? (asksAt ?? null) : status.resetAt });
  }

  function tooLarge(needed: number, size: AnswerSize | undefined) {
    if (size && size.ofSchema > MAX_SCHEMA_OBJECTS) {
      const limit = MAX_SCHEMA_OBJECTS;
      return tooManyObjects({ needed: size.ofSchema, left: limit, limit, first: null });
    }
    if (!size || needed <= mostObjects) return undefined;
    const first = greatestFirst((each) => size.objects(each) <= mostObjects);
    return tooManyObjects({ needed, left: mostObjects, limit: mostObjects, first });
  }

  /** The result of an operation that is not to be executed: its plan, or why it is refused. */
  async function instead(args: ExecutionArgs, execute: ExecuteFn | undefined): Promise<ExecutionResult | undefined> {
    const { document, operationName, variableValues } = args;
    const context = args.contextValue as ExplainContext;
    const { usage, explain, accounts, directive } = context;
    usage.planned = planOf(schema, document, operationName, variableValues, undefined, accounts);
    usage.maxAffordableFirst = once((calls) =>
      maxAffordableFirst(schema, document, operationName, variableValues, calls, accounts),
    );
    const operation = getOperationAST(document, operationName);
    const now = async (maxAge: number) =>
      maxAge === 0 || operation?.operation !== "query" || !execute
        ? usage.planned
        : callsNow(usage.planned, execute, args, context.rehearse(maxAge));
    const size = answerSizeOf(schema, document, operationName, variableValues);
    usage.plannedObjects = size?.objects(MAX_PAGE) ?? 0;

    const asked = explain === null ? undefined : invalidHeader(explain, tell);
    if (asked) return { errors: [asked] };
    if (explain === "plan") {
      const { errors } = coerceVariables(schema, operation?.variableDefinitions, variableValues);
      if (errors) return { errors };
      const { upstream } = await upstreamOf(context);
      const calls = await now(directive.maxAge);
      return { data: null, extensions: { upstream: { ...upstream, now: calls } } };
    }
    const longest = Math.max(directive.maxAge, directive.staleIfError);
    const refused = tooLarge(usage.plannedObjects, size) ?? (await refusal(context, () => now(longest)));
    return refused && { errors: [refusedBefore(refused)], ...(tell && { extensions: await upstreamOf(context) }) };
  }

  return {
    onExecute: async ({ args, executeFn, setResultAndStopExecution }) => {
      const context = args.contextValue as unknown as ExplainContext;
      const result = await instead(args as unknown as ExecutionArgs, executeFn as ExecuteFn);
      if (result) return setResultAndStopExecution(result);
      if (!tell && !remembers && !context.directive.stated) return;
      return {
        onExecuteDone: async ({ result, setResult }) => {
          if (Symbol.asyncIterator in result) return;
          const extensions = { ...result.extensions, ...(await extensionsOf(context)) };
          if (Object.keys(extensions).length > 0) setResult({ ...result, extensions });
        },
      };
    },
    onSubscribe: async ({ args, setResultAndStopExecution }) => {
      const context = args.contextValue as unknown as ExplainContext;
      const result = await instead(args as unknown as ExecutionArgs, undefined);
      if (result) return setResultAndStopExecution(result as never);
      if (!tell) return;
      return {
        // What it has cost so far, with every event.
        onSubscribeResult: () => ({
          onNext: async ({ result, setResult }) => {
            setResult({ ...result, extensions: { ...result.extensions, ...(await upstreamOf(context)) } });
          },
        }),
      };
    },
  };
}

/** How old the reads of an operation are, in seconds, and how many of them were remembered. */
function freshnessOf({ usage: { cached, age, stale }, directive }: ExplainContext) {
  return { cached, age, stale, maxAge: directive.maxAge / 1000 };
}

/** Works a thing out for each argument once; for more arguments than an operation should have, not at all. */
function once(find: (calls: number) => number | null): (calls: number) => number | null {
  const found = new Map<number, number | null>();
  return (calls) => {
    if (!found.has(calls) && found.size < 4) found.set(calls, find(calls));
    return found.get(calls) ?? null;
  };
}

/** Nothing was done, which the status may say where the media type has the specification's statuses. */
function refusedBefore(error: CloudflareError): GraphQLError {
  const { message, kind, resetAt } = error;
  const wait = resetAt && Math.max(1, Math.ceil((resetAt.getTime() - Date.now()) / 1000));
  const headers = {
    ...(wait && { "retry-after": String(wait) }),
    ...(kind === "unauthenticated" && { "www-authenticate": "Bearer" }),
  };
  const statuses: Partial<Record<Kind, number>> = { rate_limited: 429, unauthenticated: 401 };
  const http = { status: statuses[kind] ?? 400, spec: true, headers };
  return new GraphQLError(message, { originalError: error, extensions: { http } });
}

/** An invalid header is rejected: a request for a plan must not run the operation instead. */
function invalidHeader(word: string, tell: boolean): GraphQLError | undefined {
  const allowed = tell
    ? "must be `plan` or `analyze`"
    : "is switched off here: leave it out, or have EXPLAIN set to `true`";
  if (tell && (word === "plan" || word === "analyze")) return undefined;
  return new GraphQLError(`The header \`${EXPLAIN}\` ${allowed}.`, {
    extensions: { code: "BAD_USER_INPUT", http: { status: 400, spec: true } },
  });
}
