import { type CallerRule, cloudflareAccess, serviceMode } from "cloudflare-iam-graphql/service-mode";
import {
  AccountWrites,
  CredentialQuota,
  createWorker,
  durableObjectBudget,
  durableObjectWriteCounters,
} from "cloudflare-iam-graphql/worker";

// The runtime makes Durable Objects of these classes.
export { AccountWrites, CredentialQuota };

interface Env {
  QUOTA: DurableObjectNamespace;
  WRITES: DurableObjectNamespace;
  ACCESS_TEAM_DOMAIN: string;
  ACCESS_AUD: string;
  /** A secret: the API token that all calls are made with. */
  CLOUDFLARE_API_TOKEN: string;
  /** A secret: names the Durable Objects of credentials. */
  OBJECT_SECRET: string;
}

/** Who may do what, by the claims of the token that Cloudflare Access signs. */
const rules: CallerRule[] = [
  { claims: { email: "admin@acme.example" }, accounts: "*", access: "write" },
  { claims: { custom: { groups: "auditors" } }, accounts: ["023e105f4ecef8ad9ca31a8372d0c353"], access: "read" },
];

export default createWorker<Env>((env) => ({
  authenticate: serviceMode({
    credential: { token: env.CLOUDFLARE_API_TOKEN },
    jwt: { ...cloudflareAccess(env.ACCESS_TEAM_DOMAIN), audience: env.ACCESS_AUD },
    rules,
  }),
  budget: durableObjectBudget({ namespace: env.QUOTA, secret: env.OBJECT_SECRET }),
  cache: { maxAge: 60_000, counters: durableObjectWriteCounters({ namespace: env.WRITES }) },
  explain: true,
}));
