import { createSandbox, exampleIds } from "cloudflare-iam-graphql/sandbox";
import { checkHost, versionOf } from "../host-checks.ts";

const command = ["node_modules/.bin/deno", "run", "--allow-env", "--allow-net", "--allow-read", "server.ts"];
checkHost({ example: "Deno", version: versionOf("deno"), command }, { createSandbox, exampleIds });
