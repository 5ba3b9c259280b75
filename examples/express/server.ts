import { CLOUDFLARE_API, createGateway } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";
import { createTransport } from "cloudflare-iam-graphql/transport";
import cors from "cors";
import express from "express";

const { PORT = "3000", CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = process.env;
const gateway = createGateway({ transport: createTransport(), graphiql: graphiql(), baseUrl });

const app = express();
app.use("/graphql", cors({ origin: "https://app.example.com" }), gateway);
app.use(express.json());
app.listen(Number(PORT));
