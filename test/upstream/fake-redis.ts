import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** One command as Redis gets it: `["GET", "name"]`. */
export type Command = [name: string, ...rest: string[]];

/** A server that knows as much of Redis as the budget uses, but for what `instead` answers in its own way, on the wire. */
export class FakeRedis implements AsyncDisposable {
  readonly texts: Map<string, string> = new Map();
  readonly commands: Command[] = [];
  readonly url: string;
  readonly #close: () => Promise<unknown>;
  instead: (command: Command) => string | undefined;

  private constructor(port: number, instead: FakeRedis["instead"], close: () => Promise<unknown>) {
    this.url = `redis://127.0.0.1:${port}`;
    this.instead = instead;
    this.#close = close;
  }

  static async start(instead: FakeRedis["instead"] = () => undefined): Promise<FakeRedis> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => undefined));
      let rest = "";
      socket.setEncoding("latin1").on("data", (text: string) => {
        rest += text;
        for (let read = parsed(rest); read; read = parsed(rest)) {
          rest = rest.slice(read.length);
          socket.write(fake.#answer(read.command), "latin1");
        }
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const fake = new FakeRedis((server.address() as AddressInfo).port, instead, async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    });
    return fake;
  }

  #answer(command: Command): string {
    this.commands.push(command);
    return this.instead(command) ?? this.#asRedis(command);
  }

  #asRedis([name, ...rest]: Command): string {
    const [key = "", value = ""] = rest;
    const bulk = (text: string | undefined) => (text === undefined ? "$-1\r\n" : `$${text.length}\r\n${text}\r\n`);
    const array = (texts: (string | undefined)[]) => `*${texts.length}\r\n${texts.map(bulk).join("")}`;
    switch (name) {
      case "TIME":
        return array([String(Math.floor(Date.now() / 1000)), String((Date.now() % 1000) * 1000)]);
      case "GET":
        return bulk(this.texts.get(key));
      case "MGET":
        return array(rest.map((each) => this.texts.get(each)));
      case "SET":
        if (!rest.includes("NX") || !this.texts.has(key)) this.texts.set(key, value);
        return "+OK\r\n";
      case "DEL":
        return `:${this.texts.delete(key) ? 1 : 0}\r\n`;
      case "EVAL": {
        const [, , counter = "", units] = rest;
        const sum = Number(this.texts.get(counter) ?? 0) + Number(units);
        if (Number.isNaN(sum)) return "-ERR value is not an integer or out of range\r\n";
        this.texts.set(counter, String(sum));
        return `*2\r\n:${sum}\r\n:1000\r\n`;
      }
      default:
        return "+OK\r\n";
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

/** The first command of a text, and its length. */
function parsed(text: string): { command: Command; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let at = head[0].length;
  const parts: string[] = [];
  for (let left = Number(head[1]); left > 0; left--) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!size) return undefined;
    const start = at + size[0].length;
    at = start + Number(size[1]) + 2;
    if (text.length < at) return undefined;
    parts.push(text.slice(start, at - 2));
  }
  return { command: parts as Command, length: at };
}
