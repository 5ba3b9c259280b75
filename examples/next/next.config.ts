import type { NextConfig } from "next";

// Taken from `node_modules` as it is, where GraphiQL finds its files, and not bundled, which takes a minute.
const config: NextConfig = { serverExternalPackages: ["cloudflare-iam-graphql"] };
export default config;
