import { createSandbox, exampleIds } from "cloudflare-iam-graphql/sandbox";
import { checkHost, versionOf } from "../host-checks.ts";

const command = [process.execPath, "server.ts"];
checkHost({ example: "Fastify", version: versionOf("fastify"), command }, { createSandbox, exampleIds });
