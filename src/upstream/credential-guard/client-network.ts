/** Groups of an IPv6 address that name a network: a client with one address has the 2^64 of its /64. */
const NETWORK = 4;

/** The network that a client's address stands for: an IPv4 address itself, of an IPv6 address its /64. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (mapped || !address.includes(":")) return mapped ?? address;
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const [front, back] = [head, tail ?? ""].map((part) => (part === "" ? [] : part.split(":"))) as [string[], string[]];
  // An IPv4 address at the end stands for two groups.
  const missing = tail === undefined ? 0 : 8 - front.length - back.length - (address.includes(".") ? 1 : 0);
  const groups = [...front, ...Array<string>(Math.max(0, missing)).fill("0"), ...back];
  return `${groups
    .slice(0, NETWORK)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
