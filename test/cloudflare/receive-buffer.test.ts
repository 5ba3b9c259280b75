import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReceiveBuffer, type Received } from "../../src/cloudflare/receive-buffer.ts";
import { mockUpstream, transports } from "../mock-upstream.ts";

const megabyte = 1024 * 1024;

/** An answer that may be sent chunk by chunk, unless it is paused; one chunk may be on its way by then. */
class Sender {
  readonly received: Received;
  paused = false;
  left: number;

  constructor(buffer: ReceiveBuffer, left: number) {
    this.left = left;
    this.received = buffer.begin({
      pause: () => {
        this.paused = true;
      },
      resume: () => {
        this.paused = false;
      },
    });
  }
}

test("what is held is at most the bound and a chunk of each, and every answer ends, whatever comes when", () => {
  const each = 100;
  const chunk = 10;
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 400 }),
      fc.array(fc.integer({ min: 1, max: each }), { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.record({ who: fc.nat(), gone: fc.integer({ min: 0, max: 20 }), begins: fc.boolean() })),
      (most, sizes, steps) => {
        const buffer = new ReceiveBuffer(most, each);
        const coming = [...sizes];
        const open: Sender[] = [];
        let rounds = 0;
        for (const { who, gone, begins } of steps) {
          if (coming.length === 0 && open.length === 0) break;
          expect(++rounds).toBeLessThan(5_000);
          if (begins && coming.length > 0) open.push(new Sender(buffer, coming.pop() ?? 0));
          const free = open.filter(({ paused }) => !paused);
          if (open.length > 0) expect(free.length).toBeGreaterThan(0);
          const sender = free[who % Math.max(1, free.length)];
          if (!sender) continue;
          const bytes = Math.min(chunk, sender.left);
          buffer.add(sender.received, bytes);
          sender.left -= bytes;
          expect(buffer.bytes).toBeLessThanOrEqual(Math.max(most, each) + open.length * chunk);
          // Some are given up, paused or not.
          const leaver = gone === 0 ? open[who % open.length] : undefined;
          for (const done of new Set([sender.left === 0 ? sender : undefined, leaver])) {
            if (!done) continue;
            buffer.end(done.received);
            buffer.end(done.received);
            open.splice(open.indexOf(done), 1);
          }
        }
        expect(buffer.bytes).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});

describe.each(transports)("%s: forty large answers at once", (_, transportOf) => {
  test("stay within what may be received together, and all of them arrive", async () => {
    const block = Buffer.alloc(64 * 1024, "x");
    const size = 8 * megabyte;
    let [most, blocks] = [0, 0];
    await using api = await mockUpstream(async (incoming, outgoing) => {
      incoming.resume();
      outgoing.writeHead(200, { "content-length": size });
      for (let sent = 0; sent < size; sent += block.length) {
        if (++blocks % 20 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers);
        await new Promise((resolve) => outgoing.write(block, resolve));
      }
      outgoing.end();
    });
    await using transport = transportOf({ callTimeout: 60_000, maxResponseSize: size, maxReceiveBuffer: 3 * size });
    const before = process.memoryUsage().arrayBuffers;
    const lengths = await Promise.all(
      Array.from({ length: 40 }, () => transport.get(`${api.url}/`).then(({ text }) => text.length)),
    );
    expect(lengths).toEqual(Array(40).fill(size));
    // What was read and not yet thrown away comes on top; without a bound it would be 320 MB, and more.
    expect(most - before).toBeLessThan(120 * megabyte);
  }, 60_000);

  test("one that is given up while it waits lets go", async () => {
    await using api = await mockUpstream(async (_incoming, outgoing) => {
      outgoing.writeHead(200);
      const more = () => outgoing.write(Buffer.alloc(64 * 1024), (error) => error ?? more());
      more();
    });
    await using transport = transportOf({
      callTimeout: 3_000,
      maxResponseSize: 8 * megabyte,
      maxReceiveBuffer: 8 * megabyte,
    });
    const kinds = await Promise.all(
      Array.from({ length: 8 }, () => transport.get(`${api.url}/`).catch(({ kind }) => kind)),
    );
    for (const kind of kinds) expect(["upstream_failure", "timeout"]).toContain(kind);
    await using whole = await mockUpstream((_incoming, outgoing) => outgoing.end(Buffer.alloc(7 * megabyte, "x")));
    expect((await transport.get(`${whole.url}/`)).text).toHaveLength(7 * megabyte);
  });
});
