import { boundedBy } from "../cloudflare/call-timeout.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import { codeOf } from "../cloudflare/transport-failure.ts";
import type { Transport } from "../cloudflare/wire.ts";

/** Problem and what to check, by the code of the failure; the first match counts. */
const causes: [code: RegExp, says: string][] = [
  [/^(ENOTFOUND|EAI_\w+)$/, "the host does not exist. Check CLOUDFLARE_API_BASE_URL and the DNS of this machine"],
  [/^(ECONNREFUSED|ConnectionRefused)$/, "no server listens there. Check CLOUDFLARE_API_BASE_URL"],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/,
    "no route to the host. Check the network of this machine, its firewall, and whether it needs HTTPS_PROXY",
  ],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/,
    "its certificate is not trusted. If a proxy intercepts TLS, add its CA to NODE_EXTRA_CA_CERTS",
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    "its certificate has expired. Check the clock of this machine, and which server answers there",
  ],
  [/^CERT_NOT_YET_VALID$/, "its certificate is not valid yet. Check the clock of this machine"],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    "its certificate is for another host. Check the host in CLOUDFLARE_API_BASE_URL, and which server answers there",
  ],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    "the server does not use TLS. Should CLOUDFLARE_API_BASE_URL begin with http:, or have another port?",
  ],
  [/^ERR_SSL_HTTP_REQUEST$/, "the server requires TLS. Should CLOUDFLARE_API_BASE_URL begin with https:?"],
  [/^PROXY_407$/, "the proxy rejects the credentials. Check user and password in HTTPS_PROXY or HTTP_PROXY"],
  [/^(PROXY_\d+|UND_ERR_PRX_\w+)$/, "the proxy cannot reach it. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"],
  [
    /^(CERT_|ERR_TLS_|ERR_SSL_)/,
    "the TLS handshake failed. Check which server answers there, and any proxy in between",
  ],
];

/**
 * Logs why the REST API cannot be reached, and what to check: callers do not see the address. Each cause is logged once, until the
 * API is reached again.
 */
export function logUnreachable(transport: Transport, baseUrl: string, log: (line: string) => void): Transport {
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
    const says = causes.find(([known]) => known.test(code))?.[1] ?? "Check CLOUDFLARE_API_BASE_URL";
    log(`${baseUrl} could not be reached (${code}): ${says}${says.endsWith("?") ? "" : "."}`);
  };
  return boundedBy((request) => transport(request).then(reached, failed), transport);
}
