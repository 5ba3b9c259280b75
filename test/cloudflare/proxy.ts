import { createServer, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { listening, type MockUpstream } from "../mock-upstream.ts";

/** A proxy that notes what it is asked for, and leads every name to one address. */
export interface Proxy extends MockUpstream {
  /** `CONNECT host:port` and `GET http://…`, with what was said to the proxy itself. */
  asked: { line: string; authorization: string | undefined }[];
}

/** Tunnels `CONNECT`, and forwards plain requests, to this port of 127.0.0.1, whatever name is asked for. */
export async function proxyTo(port: () => number, refuses?: number): Promise<Proxy> {
  const asked: Proxy["asked"] = [];
  const server = createServer((incoming, outgoing) => {
    asked.push({ line: `${incoming.method} ${incoming.url}`, authorization: incoming.headers["proxy-authorization"] });
    if (refuses) return outgoing.writeHead(refuses).end("<html>The proxy says no.</html>");
    const { pathname, search } = new URL(incoming.url ?? "");
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const onward = httpRequest({ port: port(), method: incoming.method, path: pathname + search, headers });
    onward.on("error", () => outgoing.destroy());
    onward.on("response", (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 0, answer.headers)));
    incoming.pipe(onward);
  });
  server.on("connect", (incoming, socket: Socket) => {
    asked.push({ line: `CONNECT ${incoming.url}`, authorization: incoming.headers["proxy-authorization"] });
    if (refuses) return socket.end(`HTTP/1.1 ${refuses} No\r\ncontent-length: 0\r\n\r\n`);
    const onward = connect(port(), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const [one, other] of [
      [onward, socket],
      [socket, onward],
    ] as const)
      one.on("error", () => other.destroy());
  });
  return { ...(await listening(server)), asked };
}
