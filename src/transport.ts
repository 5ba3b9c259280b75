/** `cloudflare-iam-graphql/transport`: the transport for Node, on undici. */
export { createTransport, type ProxyOptions, type TransportOptions } from "./cloudflare/transport.ts";
