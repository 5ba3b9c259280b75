import cors from "@fastify/cors";
import { CLOUDFLARE_API, createGateway } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";
import { createTransport } from "cloudflare-iam-graphql/transport";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";

const { PORT = "3000", CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = process.env;
const gateway = createGateway({ transport: createTransport(), graphiql: graphiql(), baseUrl });

const app = fastify();
app.register(async (scope) => {
  await scope.register(cors, { origin: "https://app.example.com" });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _body, done) => done(null));
  const handler = (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? "");
    return gateway(request.raw, reply.raw);
  };
  for (const url of ["/graphql", "/graphql/*"]) scope.route({ method: ["GET", "HEAD", "POST"], url, handler });
});
await app.listen({ port: Number(PORT) });
