import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "vitest";

const found = spawnSync("redis-server", ["--version"]).status === 0;
if (!found && !process.env.CI) console.info("No redis-server on this machine: the tests with a Redis are skipped.");

/** A test with a Redis. Where none can be found it is skipped, but fails where everything must be there (`CI`). */
export const testWithRedis: typeof test | typeof test.skip = found || process.env.CI ? test : test.skip;

/** A `redis-server` that keeps nothing on disk, on a port of its own that it keeps over its deaths. */
export class Redis implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  #shell: ChildProcess | undefined;
  #pid = 0;

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
    if (!found) throw new Error("There is no redis-server on this machine.");
    const settings = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    // It ends with this process, however that ends: then the shell has nothing more to read.
    const script = 'redis-server "$@" > /dev/null & echo $!; read -r _; kill -9 $!; wait $!';
    const shell = spawn("sh", ["-c", script, "sh", ...settings], { stdio: ["pipe", "pipe", "ignore"] });
    this.#shell = shell;
    const [pid] = await once(shell.stdout, "data");
    this.#pid = Number(pid);
    while (!(await this.#answers())) await wait(10);
  }

  /** Kills it; what it knew is lost. */
  async kill(): Promise<void> {
    const shell = this.#shell;
    this.#shell = undefined;
    if (!shell) return;
    shell.stdin?.end();
    await once(shell, "exit");
  }

  /** It keeps its connections and answers nothing. */
  hang(): void {
    process.kill(this.#pid, "SIGSTOP");
  }

  /** It goes on with what had come meanwhile. */
  resume(): void {
    process.kill(this.#pid, "SIGCONT");
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
