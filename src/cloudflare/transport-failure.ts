import { CloudflareError, type Kind } from "./error.ts";

/** A call that was ended from our side. The message is the end of a sentence that begins with the route. */
export class Ended extends Error {
  readonly kind: Kind;

  constructor(kind: Kind, what: string) {
    super(what);
    this.kind = kind;
  }
}

/** The end of a call that took too long. */
export function late(callTimeout: number): Ended {
  return new Ended("timeout", `did not answer within ${callTimeout} ms`);
}

/** The end of a call that no operation waits for any more. */
export function abandoned(): Ended {
  return new Ended("aborted", "was cancelled: no operation waits for it any more");
}

/** The end of an answer that is too large. */
export function tooLarge(bytes: number): Ended {
  return new Ended("upstream_failure", `answered with more than ${bytes} bytes`);
}

/** With these a call certainly never left, unless they come of a connection in use. */
const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_NODATA",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_CLOSED",
  "UND_ERR_DESTROYED",
  "UND_ERR_PRX_TLS",
  "UND_ERR_PRX_CONN",
  // Bun's words.
  "ConnectionRefused",
  "FailedToOpenSocket",
]);

/**
 * The certificate was refused, or no TLS came about at all: nothing is sent before. The names are OpenSSL's, as Node gives
 * them: https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const handshake =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CRL_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$|ERR_TLS_CERT_|ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|\w*HANDSHAKE_FAILURE|TLSV1_ALERT_PROTOCOL_VERSION|TLSV1_UNRECOGNIZED_NAME)$)/;

/** Messages of runtimes that give no code. */
const words: [says: RegExp, code: string][] = [
  [/Proxy response \((\d+)\)/, "PROXY_$1"],
  [/Proxy Authentication Required \(407\)/, "PROXY_407"],
  // Deno's.
  [/client error \(Connect\).*(dns error|lookup)/is, "ENOTFOUND"],
  [/client error \(Connect\).*certificate/is, "CERT_UNTRUSTED"],
  [/client error \(Connect\)/, "ECONNREFUSED"],
];

/** The code by which a failure is known, and the error that has it: the first with a code in the chain of causes. */
export function codeOf(thrown: unknown): { code: string; root: unknown } {
  let root = thrown;
  for (let depth = 0; depth < 8 && typeof root === "object" && root !== null; depth++) {
    const { code, message = "" } = root as { code?: unknown; message?: string };
    for (const [says, named] of words) {
      const found = says.exec(String(message));
      if (found) return { code: named.replace("$1", found[1] ?? ""), root };
    }
    if (typeof code === "string" && code !== "") return { code, root };
    const { errors, cause } = root as { errors?: unknown[]; cause?: unknown };
    const next = cause ?? errors?.[0];
    if (next === undefined) break;
    root = next;
  }
  const { name } = (root ?? {}) as { name?: unknown };
  return { code: typeof name === "string" && name !== "" ? name : "unknown", root };
}

/**
 * The one place that decides the meaning of a transport's failure, for any exception. `sent`: whether the request had
 * begun to leave; without it the code decides. A request that may have left is `broken`: a write may have been done.
 */
export function transportFailure(route: string, thrown: unknown, sent?: boolean): CloudflareError {
  if (thrown instanceof CloudflareError) return thrown;
  // Of another copy of this module: some bundlers load it twice.
  if (thrown instanceof Error && thrown.name === "CloudflareError" && "kind" in thrown) {
    return new CloudflareError(route, thrown.message, thrown as CloudflareError);
  }
  if (thrown instanceof Ended) return new CloudflareError(route, `${route} ${thrown.message}`, { kind: thrown.kind });
  const { code, root } = codeOf(thrown);
  if (sent === undefined && code === "TimeoutError") {
    return new CloudflareError(route, `${route} did not answer in time`, { kind: "timeout", cause: root });
  }
  const never = code.startsWith("PROXY_") || (sent === undefined ? isUnreachable(code, root) : !sent);
  return new CloudflareError(route, `${route} ${never ? "could not be reached" : "broke the connection"} (${code})`, {
    kind: never ? "unavailable" : "upstream_failure",
    cause: root,
  });
}

function isUnreachable(code: string, root: unknown): boolean {
  const { syscall } = (root ?? {}) as { syscall?: unknown };
  if (syscall === "read" || syscall === "write") return false;
  return unreachable.has(code) || handshake.test(code);
}
