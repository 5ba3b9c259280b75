import { checkOptions, count, object, text, value } from "../options.ts";
import { bounded } from "./call-timeout.ts";
import { Connections, ProxyConnections, type ProxyOptions, proxied } from "./connections.ts";
import { createDecoder } from "./content-encoding.ts";
import type { CloudflareError } from "./error.ts";
import { Exchange } from "./exchange.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { speaksTls } from "./tls-probe.ts";
import { transportFailure } from "./transport-failure.ts";
import {
  ACCEPTED_ENCODINGS,
  type ReceiveOptions,
  receiveDefaults,
  receiveOptions,
  type Transport,
  type WireRequest,
  type WireResponse,
} from "./wire.ts";

export type { ProxyOptions } from "./connections.ts";
export type { ReceiveOptions, Trace, Transport, WireRequest, WireResponse } from "./wire.ts";

/** Options of the transport; every field has a default. */
export interface TransportOptions extends ReceiveOptions {
  /** Connections to one host at once. The gateway limits the calls of each caller itself. @default Infinity */
  concurrency?: number;
  /** Proxies to go through, as the environment names them; loopback addresses are always reached directly. @default none */
  proxy?: ProxyOptions;
}

const isProxyUrl = (given: unknown) =>
  given === "" || (typeof given === "string" && /^https?:$/.test(URL.parse(given)?.protocol ?? ""));
const proxyUrl = value("an http or https URL of a proxy", isProxyUrl);

const allowed = object<TransportOptions>({
  ...receiveOptions,
  concurrency: count("connections"),
  proxy: object<ProxyOptions>({ https: proxyUrl, http: proxyUrl, no: text }),
});

/** The calls to one host. */
interface Host {
  connections: Connections | ProxyConnections;
  /** Plain HTTP was spoken there. */
  answered: boolean;
}

/**
 * A transport on undici: kept-alive connections, no redirects (a credential never follows one), no retries. It needs Node:
 * where `undici` is replaced (Bun), use `fetchTransport()`. Throws `OptionsError`.
 */
export function createTransport(options: TransportOptions = {}): Transport & { close(): Promise<void> } {
  if (process.versions.bun !== undefined) {
    throw new Error("createTransport() needs the undici of Node, which Bun replaces by its own: use fetchTransport().");
  }
  checkOptions("createTransport", allowed, options);
  const { concurrency = Number.POSITIVE_INFINITY, proxy } = options;
  const { maxResponseSize, maxReceiveBuffer, ...bounds } = { ...receiveDefaults, ...options };
  // Beyond that a timer fires at once.
  const callTimeout = Math.min(bounds.callTimeout, 2 ** 31 - 1);
  const buffer = new ReceiveBuffer(maxReceiveBuffer, maxResponseSize);
  const limits = { callTimeout, maxResponseSize, buffer, decode: createDecoder(maxResponseSize) };
  const hosts = new Map<string, Host>();
  let throughProxy: ProxyConnections | undefined;
  let closed = false;

  const hostOf = (origin: string): Host => {
    let host = hosts.get(origin);
    if (!host) {
      const direct = !proxy || !proxied(origin, proxy);
      if (!direct) throughProxy ??= new ProxyConnections(proxy, concurrency, callTimeout);
      const connections = throughProxy && !direct ? throughProxy : new Connections(origin, concurrency, callTimeout);
      host = { connections, answered: !direct || origin.startsWith("https:") };
      hosts.set(origin, host);
    }
    return host;
  };

  const send = (request: WireRequest) =>
    new Promise<WireResponse>((resolve, reject) => {
      const { route, url } = request;
      if (closed) return reject(transportFailure(route, { code: "UND_ERR_CLOSED" }, false));
      const slash = url.indexOf("/", url.indexOf("//") + 2);
      const origin = url.slice(0, slash);
      const host = hostOf(origin);
      const answered = (response: WireResponse) => {
        host.answered = true;
        resolve(response);
      };
      const failed = (error: CloudflareError) => {
        if (host.answered || error.kind !== "upstream_failure") reject(error);
        else void speaksTls(origin).then((spoken) => reject(spoken ? plainToTls(route, error) : error));
      };
      const headers = { "accept-encoding": ACCEPTED_ENCODINGS, ...request.headers };
      host.connections.send(new Exchange({ ...request, headers }, origin, limits, answered, failed));
    });
  const close = async () => {
    closed = true;
    await Promise.all(Array.from(hosts.values(), ({ connections }) => connections.close()));
  };
  return bounded(Object.assign(send, { close }), callTimeout);
}

/** Its name in Node's own TLS server. */
function plainToTls(route: string, { cause }: CloudflareError): CloudflareError {
  return transportFailure(
    route,
    Object.assign(new Error("plain HTTP to a port of TLS", { cause }), { code: "ERR_SSL_HTTP_REQUEST" }),
    false,
  );
}
