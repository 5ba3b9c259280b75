import { CLOUDFLARE_API, createGateway, type Gateway } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";
import { createTransport } from "cloudflare-iam-graphql/transport";

const { CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = process.env;
const shared: typeof globalThis & { iamGateway?: Gateway } = globalThis;
shared.iamGateway ??= createGateway({ transport: createTransport(), graphiql: graphiql(), baseUrl });
export const gateway = shared.iamGateway;
