import { createServer } from "node:http";
import { CLOUDFLARE_API, createGateway } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";
import { createTransport } from "cloudflare-iam-graphql/transport";

const { PORT = "3000", CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = process.env;
const gateway = createGateway({ transport: createTransport(), graphiql: graphiql(), baseUrl });

createServer(gateway).listen(Number(PORT));
