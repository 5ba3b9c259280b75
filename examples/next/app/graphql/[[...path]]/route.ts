import { gateway } from "../../../lib/gateway.ts";

function handler(request: Request): Promise<Response> {
  // Next.js compresses answers itself, and sends one that comes compressed without the header that says so.
  const headers = new Headers(request.headers);
  headers.delete("accept-encoding");
  return gateway.fetch(request, { headers });
}

export { handler as GET, handler as HEAD, handler as POST };
