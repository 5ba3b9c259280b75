import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Reads the answers of a connection, one after the other. */
export class RawConnection implements Disposable {
  readonly socket: Socket;
  #text = "";
  #ended = false;
  readonly #changed = new EventTarget();

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1").setEncoding("latin1");
    const changed = () => this.#changed.dispatchEvent(new Event("changed"));
    this.socket.on("data", (text: string) => {
      this.#text += text;
      changed();
    });
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.#ended = true;
      changed();
    });
  }

  /** Writes text as it is. */
  write(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** The next answer; undefined if the connection is closed without one. It must tell its length, as all of ours do. */
  async answer(): Promise<RawAnswer | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\r\n\r\n");
      const head = this.#text.slice(0, end);
      const length = Number(/^content-length: *(\d+)\r?$/im.exec(head)?.[1] ?? 0);
      if (end !== -1 && this.#text.length >= end + 4 + length) {
        const body = Buffer.from(this.#text.slice(end + 4, end + 4 + length), "latin1").toString();
        this.#text = this.#text.slice(end + 4 + length);
        const [status = "", ...lines] = head.split("\r\n");
        const headers = lines.map((line) => [
          line.slice(0, line.indexOf(":")).toLowerCase(),
          line.slice(line.indexOf(":") + 1).trim(),
        ]);
        return { status: Number(status.split(" ")[1]), headers: Object.fromEntries(headers), body };
      }
      if (this.#ended) return undefined;
      await once(this.#changed, "changed");
    }
  }

  /** Waits until the other side has closed it, and tells what came that was not read. */
  async closed(): Promise<string> {
    while (!this.#ended) await once(this.#changed, "changed");
    return this.#text;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** A server on a port of its own, spoken to as no library would. */
export interface RawServer extends AsyncDisposable {
  server: Server;
  port: number;
  /** Opens a connection; whoever opens it closes it. */
  connect(): RawConnection;
  /** Sends text on a connection of its own, and gives the first answer. */
  send(text: string): Promise<RawAnswer | undefined>;
}

/** Starts a server with a listener, or one that is given. */
export async function listening(of: RequestListener | Server): Promise<RawServer> {
  const server = typeof of === "function" ? createServer(of) : of;
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    connect: () => new RawConnection(port),
    send: async (text) => {
      using connection = new RawConnection(port);
      return await connection.write(text).answer();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
