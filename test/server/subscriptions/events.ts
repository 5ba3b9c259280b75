import type { GraphQLFormattedError } from "graphql";
import { vi } from "vitest";
import { globalId } from "../../../src/graph/node.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/sandbox.ts";
import { createGateway, type Gateway, type GatewayOptions } from "../../../src/server/gateway.ts";
import { account } from "../../gateway.ts";

/** One event as its client reads it. */
export interface Event {
  data?: {
    ssoConnectorVerification: {
      ended: string | null;
      readAt: string;
      ssoConnector: { verification: { status: string } } | null;
    } | null;
  };
  errors?: GraphQLFormattedError[];
  extensions?: { upstream: { calls: number; shared: number; planned: object } };
}

/** A client that reads the events of one response. */
export class Client {
  readonly status: number;
  readonly headers: Headers;
  comments = 0;
  completed = false;
  readonly events: Event[] = [];
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly ended: Promise<void>;

  constructor(response: Response) {
    this.status = response.status;
    this.headers = response.headers;
    this.#reader = (response.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream() as never)
      .getReader() as ReadableStreamDefaultReader<string>;
    this.ended = this.#read();
  }

  async #read(): Promise<void> {
    let text = "";
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      text += value;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        this.#note(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  #note(block: string): void {
    if (block === ":") this.comments++;
    else if (block.startsWith("event: complete")) this.completed = true;
    else this.events.push(JSON.parse(block.replace("event: next\ndata: ", "")));
  }

  /** Reads nothing more. */
  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  /** The states and ends so far. */
  get told(): string[] {
    return this.events.map(({ data, errors }) => {
      const event = data?.ssoConnectorVerification;
      if (!event) return String(errors?.[0]?.extensions?.code);
      const status = event.ssoConnector?.verification.status ?? "none";
      return event.ended ? `${status} ended: ${event.ended}` : status;
    });
  }
}

/** The connector of the sandbox whose domain is being verified. */
export function pendingConnector({ state }: Sandbox): { id: string; cloudflareId: string } {
  const connectors = state.accounts.get(account)?.ssoConnectors.values() ?? [];
  const cloudflareId = [...connectors].find(({ verification }) => verification.status === "pending")?.id ?? "";
  return { cloudflareId, id: globalId("SsoConnector", account, cloudflareId) };
}

/** A subscription to a connector. */
export function subscriptionTo(id: string, fields = "ended readAt ssoConnector { verification { status } }"): string {
  return `subscription { ssoConnectorVerification(id: "${id}") { ${fields} } }`;
}

export const admin = { authorization: "Bearer sandbox-admin" };

/** A request by POST for events. */
export function eventRequest(query: string, headers: Record<string, string> = admin): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", ...headers },
    body: JSON.stringify({ query }),
  };
}

/** A gateway beside a sandbox, and who subscribes there. */
export interface Stage {
  sandbox: Sandbox;
  gateway: Gateway;
  connector: { id: string; cloudflareId: string };
  subscribe(query?: string, headers?: Record<string, string>, signal?: AbortSignal): Promise<Client>;
  /** Reads of the connector so far. */
  reads(): number;
}

const get = "GET /accounts/{account_id}/sso_connectors/{sso_connector_id}";

/** The route that is polled. */
export const polled = get;

export function stage(options: Partial<GatewayOptions> = {}, sandboxOptions: SandboxOptions = {}): Stage {
  const sandbox = createSandbox({ quota: false, ...sandboxOptions });
  const gateway = createGateway({
    transport: sandbox.handle,
    baseUrl: "http://sandbox/client/v4",
    logging: false,
    ...options,
  });
  const connector = pendingConnector(sandbox);
  return {
    sandbox,
    gateway,
    connector,
    subscribe: async (query = subscriptionTo(connector.id), headers = admin, signal) => {
      const init = { ...eventRequest(query, headers), ...(signal && { signal }) };
      const client = new Client(await gateway.fetch("http://gateway/graphql", init));
      await settle();
      return client;
    },
    reads: () => sandbox.calls.filter(({ route }) => route === get).length,
  };
}

/**
 * Time stands still until it is moved; promises go on. Gives a function that tells where the timers were set that are left, without those
 * that only let go of memory, in any gateway.
 */
export function useFakeTime(): () => string[] {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  const left = new Map<unknown, string>();
  const { setTimeout: timeout, clearTimeout: clear, setInterval: interval, clearInterval: clearEvery } = globalThis;
  const placeOf = () => new Error().stack?.split("\n").find((line) => line.includes("/src/")) ?? "";
  const faked = {
    setTimeout: (run: () => void, milliseconds: number) => {
      const timer = timeout(() => {
        left.delete(timer);
        run();
      }, milliseconds);
      left.set(timer, placeOf());
      return timer;
    },
    setInterval: (run: () => void, milliseconds: number) => {
      const timer = interval(run, milliseconds);
      left.set(timer, placeOf());
      return timer;
    },
    clearTimeout: (timer: NodeJS.Timeout) => {
      left.delete(timer);
      clear(timer);
    },
    clearInterval: (timer: NodeJS.Timeout) => {
      left.delete(timer);
      clearEvery(timer);
    },
  };
  Object.assign(globalThis, faked);
  return () => [...left.values()].filter((place) => place !== "" && !place.includes("/sweep.ts"));
}

/** Lets so much time pass, and what follows from it happen. */
export async function pass(seconds: number): Promise<void> {
  // In steps: what takes turns of the event loop is done long before the next timer.
  const step = seconds > 60 ? 10_000 : 1000;
  for (let left = seconds * 1000; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await settle();
  }
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
