import { CLOUDFLARE_API, createGateway, fetchTransport } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";
import { Hono } from "hono";
import { handle, type LambdaContext } from "hono/aws-lambda";

const { CLOUDFLARE_API_BASE_URL: baseUrl = CLOUDFLARE_API } = process.env;
const gateway = createGateway({ transport: fetchTransport(), graphiql: graphiql(), baseUrl });

const app = new Hono<{ Bindings: { lambdaContext: LambdaContext } }>();
app.all("/graphql/*", ({ req, env: { lambdaContext } }) => {
  // Lambda is not told when a client leaves. No call is sent in the last second of the function's own timeout.
  const signal = AbortSignal.timeout(Math.max(0, lambdaContext.getRemainingTimeInMillis() - 1_000));
  return gateway.fetch(req.raw, { signal });
});
app.onError((error, { json }) => {
  if (error.name !== "TimeoutError") throw error;
  return json({ errors: [{ message: "The function ran out of time.", extensions: { code: "TIMEOUT" } }] }, 504);
});

export const handler = handle(app);
