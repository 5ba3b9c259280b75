import type { SandboxResponse } from "../answer.ts";
import type { QuirkHooks } from "./quirk.ts";

/** Every error of a refusal passed through `change`. */
function everyError(change: (error: Record<string, unknown>, status: number) => object): QuirkHooks {
  return {
    refusal(response) {
      if (!response.text.startsWith("{")) return response;
      const envelope = JSON.parse(response.text) as { errors: Record<string, unknown>[] };
      const errors = envelope.errors.map((error) => change(error, response.status));
      return { ...response, text: JSON.stringify({ ...envelope, errors }) };
    },
  };
}

/** A refusal that is no envelope, in place of each. */
function instead(status: number | undefined, type: string, text: string, headers = {}): QuirkHooks {
  return {
    refusal: (response) => ({
      status: status ?? response.status,
      headers: { ...response.headers, "content-type": type, ...headers },
      text,
    }),
  };
}

/** Other forms of the rejection when the quota is exceeded. */
function limit(change: (response: SandboxResponse) => SandboxResponse): QuirkHooks {
  return { refusal: (response) => (response.status === 429 ? change(response) : response) };
}

const chain = [{ code: 11000, message: "the reason behind the reason" }];
const html = "<!DOCTYPE html><html><head><title>522: Connection timed out</title></head><body></body></html>";

/** How refusals are worded. */
export const errors = {
  /** Failures of members carry `"result": []`, not null [S]. */
  memberFailuresWithArray: (): QuirkHooks => ({
    refusal: (response, route) =>
      route.includes("/members")
        ? { ...response, text: response.text.replace('"result":null', '"result":[]') }
        : response,
  }),

  /** The services behind user and resource groups put the HTTP status into `code`, below the documented minimum [S]. */
  codeIsStatus: (): QuirkHooks => everyError((error, status) => ({ ...error, code: status })),

  /** `code` can be missing altogether [S]. */
  codeMissing: (): QuirkHooks => everyError(({ code, ...error }) => error),

  /** Errors of Cloudflare's edge carry an undocumented `error_chain` [S]. */
  errorChain: (): QuirkHooks => everyError((error) => ({ ...error, error_chain: chain })),

  /** `documentation_url` and `source.pointer` are documented, and were never seen filled [D]. */
  errorDetails: (): QuirkHooks =>
    everyError((error) => ({
      ...error,
      documentation_url: "https://developers.cloudflare.com/fundamentals/",
      source: { pointer: "/policies/0" },
    })),

  /** Items of `errors` can carry `type: null` [S]. */
  typeNull: (): QuirkHooks => everyError((error) => ({ ...error, type: null })),

  /** A refusal in plain text [S]. */
  plainText: (): QuirkHooks => instead(undefined, "text/plain", "error code: 1020"),

  /** A refusal whose body is the word `null` [S]. */
  nullBody: (): QuirkHooks => instead(undefined, "application/json", "null"),

  /** Calls that would be rejected find the service down: 522 in HTML, with the `retry-after` that was captured [S]. */
  downInHtml: (): QuirkHooks => instead(522, "text/html; charset=UTF-8", html, { "retry-after": "120" }),

  /** Code 971 can come under HTTP 200 [S]. */
  limitUnder200: (): QuirkHooks => limit((response) => ({ ...response, status: 200 })),

  /** A 429 with no body [S]. */
  limitEmpty: (): QuirkHooks => limit((response) => ({ ...response, text: "" })),

  /** A 429 whose body is the word `null` [S]. */
  limitNull: (): QuirkHooks => limit((response) => ({ ...response, text: "null" })),

  /** A 429 without `Retry-After` (assumed: it is documented for every 429 [D]). */
  limitWithoutRetryAfter: (): QuirkHooks =>
    limit(({ headers: { "retry-after": _, ...headers }, ...response }) => ({ ...response, headers })),

  /** Code 10429 in place of 971, and under 200 all that tells a limit [S]. */
  limit10429: (): QuirkHooks =>
    limit((response) => ({
      ...response,
      status: 200,
      text: response.text.replace("971", "10429").replace("Please", "Rate limited. Please"),
    })),

  /** The older text of code 971 [S]. */
  limitOlderText: (): QuirkHooks =>
    limit((response) => ({
      ...response,
      text: response.text.replace("Please", "More than 1200 requests per 300 seconds reached. Please"),
    })),
};
