import { Client, type Dispatcher, EnvHttpProxyAgent } from "undici";

/** A call that is ready to be sent. */
export interface Sendable {
  /** Puts the call on a connection; `over` is told when that is free again. */
  run(dispatcher: Dispatcher, over: () => void): void;
}

/** Proxies by the scheme of what is asked for, and what is reached without, as `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` have it. */
export interface ProxyOptions {
  /** URL of the proxy for https, with user and password if it wants them. @default none */
  https?: string | undefined;
  /** URL of the proxy for http. @default none */
  http?: string | undefined;
  /** Hosts that are reached directly, by commas: `internal.example, .corp.example, 10.0.0.1:8080, *`. @default none */
  no?: string | undefined;
}

/**
 * Milliseconds that a connection is kept open for the next call, unless the other side says less. Cloudflare closes its
 * own after 400 seconds: https://developers.cloudflare.com/fundamentals/reference/connection-limits/
 */
const keepAliveTimeout = 60_000;

/**
 * The connections to one host, each with one call at a time. The one that was used last comes first, so that few stay open;
 * undici's own pool looks through all of them for every call.
 */
export class Connections {
  readonly #origin: string;
  readonly #most: number;
  readonly #connectTimeout: number;
  readonly #all: Client[] = [];
  readonly #idle: Client[] = [];
  readonly #waiting: Sendable[] = [];
  #drained: () => void = () => {};

  /** @param most connections at once; `Infinity` for no limit @param connectTimeout milliseconds of one handshake */
  constructor(origin: string, most: number, connectTimeout: number) {
    this.#origin = origin;
    this.#most = most;
    this.#connectTimeout = connectTimeout;
  }

  /** Sends a call as soon as there is a connection for it, in the order of coming. */
  send(call: Sendable): void {
    const client = this.#idle.pop() ?? this.#open();
    if (client) this.#use(client, call);
    else this.#waiting.push(call);
  }

  /** Opens nothing yet: undici connects, and does so again, when there is something to send. */
  #open(): Client | undefined {
    if (this.#all.length >= this.#most) return undefined;
    // Undici's own timeouts are off: they fire up to a second late. Only a handshake that hangs is left to them: no caller
    // waits for it any more, and the connection must go.
    const timeouts = { keepAliveTimeout, headersTimeout: 0, bodyTimeout: 0, connectTimeout: this.#connectTimeout };
    const client = new Client(this.#origin, { allowH2: false, ...timeouts });
    this.#all.push(client);
    return client;
  }

  #use(client: Client, call: Sendable): void {
    call.run(client, () => {
      const next = this.#waiting.shift();
      if (next) this.#use(client, next);
      else {
        this.#idle.push(client);
        this.#drained();
      }
    });
  }

  /** Waits for every call that was taken. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    await Promise.all(this.#all.map((client) => client.close()));
  }
}

/** Whether there may be a proxy on the way to an origin. A loopback address is this machine's: no proxy leads there. */
export function proxied(origin: string, { https, http }: ProxyOptions): boolean {
  const { protocol, hostname } = new URL(origin);
  if (/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])\.?$/i.test(hostname))
    return false;
  return Boolean(protocol === "https:" ? https : http);
}

/** The connections through proxies, to whichever hosts, kept by undici's agent. */
export class ProxyConnections {
  readonly #agent: EnvHttpProxyAgent;

  /** @param most connections to one host at once; `Infinity` for no limit @param connectTimeout milliseconds of one handshake */
  constructor({ https = "", http = "", no = "" }: ProxyOptions, most: number, connectTimeout: number) {
    this.#agent = new EnvHttpProxyAgent({
      // Given, empty or not: the environment is not looked at.
      httpsProxy: https,
      httpProxy: http,
      noProxy: no,
      connections: Number.isFinite(most) ? most : null,
      allowH2: false,
      keepAliveTimeout,
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout,
    });
  }

  /** Sends a call; undici finds the connection. */
  send(call: Sendable): void {
    call.run(this.#agent, () => {});
  }

  /** Waits for every call that was taken. */
  close(): Promise<void> {
    return this.#agent.close();
  }
}
