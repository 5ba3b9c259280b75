import { authorization, authorizationProblem, rejection } from "./credential.ts";
import { data } from "./data.ts";
import { SessionText } from "./store.ts";

/** An operation, as it goes over the wire. */
export interface Operation {
  query: string;
  variables?: unknown;
  operationName?: string | null | undefined;
}

/** An answer, as it comes. */
export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
  extensions?: object;
}

/** How old reads may be that the gateway remembers, in seconds; empty for what the gateway does without being asked. */
export const maxAge = new SessionText("graphiql:max-age", "");

/** A response, and the credential that it is for. */
export interface Sent {
  response: Response;
  credential: string;
}

/** Sends an operation. What keeps it from being answered is an error whose message is a sentence for the reader. */
export async function send(operation: Operation, explain?: "plan" | "analyze"): Promise<Sent> {
  const credential = authorization.get().trim();
  const usable = credential !== "" && authorizationProblem(credential) === null;
  const headers = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json;q=0.9, text/event-stream;q=0.8",
    ...(usable && { authorization: credential }),
    ...(maxAge.get() && { "cache-control": `max-age=${maxAge.get()}` }),
    ...(explain && { "x-upstream-explain": explain }),
  };
  const request = { method: "POST", headers, body: JSON.stringify(operation) };
  const response = await fetch(location.pathname, request).catch(() => {
    throw new Error(`Not answered: the gateway at ${location.host} cannot be reached. ${why()}`);
  });
  return { response, credential };
}

function why(): string {
  if (!navigator.onLine) return "This browser has no network.";
  // What Cloudflare Access answers then is a page of another origin, which this one may not read.
  return data.credential
    ? "Is it running?"
    : "Is it running? If your session of Cloudflare Access is over, reload this page.";
}

/** Whether a response is that of a subscription. */
export function isEventStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

/** The answer of a response that is no stream. */
export async function answerOf({ response, credential }: Sent): Promise<Answer> {
  const type = response.headers.get("content-type") ?? "";
  if (!/json/.test(type))
    throw new Error(
      `The answer is not the gateway's (status ${response.status}, ${type || "no content type"}): something between here and the gateway sent it.`,
    );
  const answer: Answer = await response.json();
  const unauthenticated = answer.errors?.find(({ extensions }) => extensions?.code === "UNAUTHENTICATED");
  if (credential === authorization.get().trim()) rejection.set(unauthenticated?.message ?? null);
  return answer;
}
