import { serve } from "@hono/node-server";
import { CLOUDFLARE_API, createGateway } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";
import { createTransport } from "cloudflare-iam-graphql/transport";
import { Hono } from "hono";
import { cors } from "hono/cors";

const { PORT = "3000", CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = process.env;
const gateway = createGateway({ transport: createTransport(), graphiql: graphiql(), baseUrl });

const app = new Hono();
app.use("/graphql/*", cors({ origin: "https://app.example.com" }));
app.all("/graphql/*", (context) => gateway.fetch(context.req.raw));
serve({ fetch: app.fetch, port: Number(PORT) });
