import { boundedBy } from "../cloudflare/call-timeout.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import { codeOf } from "../cloudflare/transport-failure.ts";
import type { Transport } from "../cloudflare/wire.ts";

/** What is wrong, and what to check, by the code of the failure: the first that fits. */
const causes: [code: RegExp, says: string][] = [
  [/^(ENOTFOUND|EAI_\w+)$/, "there is no such host. Check CLOUDFLARE_API_BASE_URL, and the DNS of this machine"],
  [/^(ECONNREFUSED|ConnectionRefused)$/, "nobody listens there. Is CLOUDFLARE_API_BASE_URL right?"],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/,
    "no way leads there. Check the network of this machine, its firewall, and whether it needs HTTPS_PROXY",
  ],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/,
    "nobody known vouches for its certificate. Is something between that opens TLS? Name its CA in NODE_EXTRA_CA_CERTS",
  ],
  [/^CERT_HAS_EXPIRED$/, "its certificate is over. Check the clock of this machine, and who answers there"],
  [/^CERT_NOT_YET_VALID$/, "its certificate is not valid yet. Check the clock of this machine"],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    "its certificate is another host's. Check the host in CLOUDFLARE_API_BASE_URL, and who answers there",
  ],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    "no TLS is spoken there. Should CLOUDFLARE_API_BASE_URL begin with http:, or name another port?",
  ],
  [/^ERR_SSL_HTTP_REQUEST$/, "TLS is spoken there. Should CLOUDFLARE_API_BASE_URL begin with https:?"],
  [/^PROXY_407$/, "the proxy wants other credentials. Check user and password in HTTPS_PROXY or HTTP_PROXY"],
  [/^(PROXY_\d+|UND_ERR_PRX_\w+)$/, "the proxy does not lead there. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"],
  [/^(CERT_|ERR_TLS_|ERR_SSL_)/, "no TLS came about. Check who answers there, and what is between"],
];

/**
 * Tells whoever runs the gateway why the REST API cannot be reached, and what to check: callers are told no address. Once
 * for each cause, until it was reached again.
 */
export function logUnreachable(
  transport: Transport,
  baseUrl: string,
  log: (line: string) => void = console.error,
): Transport {
  let told = "";
  const reached = <Response>(response: Response) => {
    told = "";
    return response;
  };
  const failed = (error: unknown) => {
    if (error instanceof CloudflareError && error.kind === "unavailable") tell(codeOf(error.cause).code);
    throw error;
  };
  const tell = (code: string) => {
    if (told === code) return;
    told = code;
    const says = causes.find(([known]) => known.test(code))?.[1] ?? "Is CLOUDFLARE_API_BASE_URL right?";
    log(`${baseUrl} could not be reached (${code}): ${says}${says.endsWith("?") ? "" : "."}`);
  };
  return boundedBy((request) => transport(request).then(reached, failed), transport);
}
