import { CLOUDFLARE_API, createGateway, fetchTransport } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";

const { PORT = "3000", CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = Deno.env.toObject();
const gateway = createGateway({ transport: fetchTransport(), graphiql: graphiql(), baseUrl });

Deno.serve({ port: Number(PORT) }, (request) => gateway.fetch(request));
