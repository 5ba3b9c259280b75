import { CLOUDFLARE_API, createGateway, fetchTransport } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";

const { PORT = "3000", CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = process.env;
const gateway = createGateway({ transport: fetchTransport(), graphiql: graphiql(), baseUrl });

export default { port: Number(PORT), fetch: (request: Request) => gateway.fetch(request) };
