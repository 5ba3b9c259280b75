import { connect } from "node:tls";

/** Milliseconds that a handshake is waited for. */
const probeTimeout = 1_000;

/**
 * Whether TLS is spoken at an `http:` address. Such a port hangs up on plain HTTP without a word, as a broken server does;
 * but it has read no request. Whose certificate it is does not matter here, and nothing is sent.
 */
export function speaksTls(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || 80), rejectUnauthorized: false, timeout: probeTimeout });
    const end = (spoken: boolean) => {
      socket.destroy();
      resolve(spoken);
    };
    socket.once("secureConnect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}
