import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "vitest";

const found = spawnSync("redis-server", ["--version"]).status === 0;
if (!found && !process.env.CI)
  console.info("No redis-server on this machine: the tests of the budget in Redis are skipped.");

/** A test with a Redis. Where none can be found it is skipped, but fails where everything must be there (`CI`). */
export const testWithRedis: typeof test | typeof test.skip = found || process.env.CI ? test : test.skip;

/** A `redis-server` that keeps nothing on disk, on a port of its own that it keeps over its deaths. */
export class Redis implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** Starts one; `later` only finds its port. */
  static async start(later?: "later"): Promise<Redis> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const redis = new Redis(port);
    if (!later) await redis.start();
    return redis;
  }

  /** Starts it, as empty as it was at first. */
  async start(): Promise<void> {
    const settings = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    this.#child = spawn("redis-server", settings, { stdio: "ignore" });
    while (!(await this.#answers())) await wait(10);
  }

  /** Kills it; what it knew is lost. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** It keeps its connections and answers nothing. */
  hang(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** It goes on with what had come meanwhile. */
  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Sends one command and gives what comes, as it is. */
  async send(command: string): Promise<string> {
    const socket = connect(this.port, "127.0.0.1").setEncoding("utf8");
    try {
      socket.write(`${command}\r\n`);
      const [answer] = await once(socket, "data");
      return String(answer);
    } finally {
      socket.destroy();
    }
  }

  async #answers(): Promise<boolean> {
    return this.send("PING").then(
      (answer) => answer.startsWith("+PONG"),
      () => false,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
