import { BlockList, isIP, SocketAddress } from "node:net";

/**
 * Proxies whose `X-Forwarded-For` counts: so many in a row before the gateway, or those with these addresses
 * and ranges (`10.0.0.0/8`). 0, or none of them: no proxy's.
 */
export type TrustProxy = number | readonly string[];

/** Whether something is a {@link TrustProxy}. */
export function isTrustProxy(given: unknown): boolean {
  if (typeof given === "number") return Number.isInteger(given) && given >= 0;
  return Array.isArray(given) && given.every((each) => typeof each === "string" && isAddressRange(each));
}

/** What is known of who has connected. */
export interface Peer {
  /** The address at the other end of the connection, as the socket has it; none at a Unix socket. */
  address: string | undefined;
  /** `X-Forwarded-For` of the request, if it has one. */
  forwardedFor: string | null | undefined;
}

/** The address of all whose connection has none: of a Unix socket, or of one that is gone already. */
export const unknownAddress = "unknown";

/** So many proxies are looked through at most, whatever the header says. */
const mostProxies = 32;

/** Whether an entry of {@link TrustProxy} is an IP address or a range in CIDR notation. */
export function isAddressRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/**
 * Makes what finds the address of a client. Each proxy adds, at the end of `X-Forwarded-For`, the address that has
 * connected to it: what is before the first entry of a proxy that is not trusted can be anybody's invention, and is not
 * believed. An entry that is no address ends the search.
 */
export function createClientAddress(trust: TrustProxy): (peer: Peer) => string {
  const isTrusted = typeof trust === "number" ? (_: string, hop: number) => hop < trust : among(trust);
  return ({ address, forwardedFor }) => {
    let client = plainAddress(address ?? "") ?? unknownAddress;
    let rest = forwardedFor ?? "";
    for (let hop = 0; hop < mostProxies && rest !== "" && isTrusted(client, hop); hop++) {
      const comma = rest.lastIndexOf(",");
      const before = plainAddress(rest.slice(comma + 1));
      if (before === undefined) break;
      client = before;
      rest = rest.slice(0, Math.max(0, comma));
    }
    return client;
  };
}

/** A request of `node:http` or `node:http2`, as far as it tells who has connected. */
export interface NodePeer {
  socket?: { remoteAddress?: string | undefined };
}

/** The same for what Yoga has of a request: `undefined` for one that did not come over `node:http`. */
export function createRequestAddress(trust: TrustProxy): (request: Request, node?: NodePeer) => string | undefined {
  const find = createClientAddress(trust);
  return (request, node) =>
    node && find({ address: node.socket?.remoteAddress, forwardedFor: request.headers.get("x-forwarded-for") });
}

function among(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    if (!isAddressRange(range))
      throw new RangeError("A trusted proxy must be an IP address, or a range such as 10.0.0.0/8.");
    const [address = "", bits] = range.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    list.addSubnet(address, bits === undefined ? (family === "ipv4" ? 32 : 128) : Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}

/** An address in one spelling, without port, brackets and zone; IPv4 also where it comes as IPv6 (`::ffff:192.0.2.1`). */
function plainAddress(text: string): string | undefined {
  const [, bracketed, dotted] =
    /^(?:\[([\da-f:.]{2,45})\](?::\d{1,5})?|([\d.]{7,15}):\d{1,5})$/i.exec(text.trim()) ?? [];
  const address = (bracketed ?? dotted ?? text.trim()).replace(/%[\w.~-]{1,32}$/, "");
  const version = isIP(address);
  if (version === 4) return address;
  if (version === 0) return undefined;
  const canonical = new SocketAddress({ address, family: "ipv6" }).address;
  const [, mapped] = /^::ffff:([\d.]+)$/.exec(canonical) ?? [];
  return mapped ?? canonical;
}
