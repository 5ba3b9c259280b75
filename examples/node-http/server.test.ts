import { createSandbox, exampleIds } from "cloudflare-iam-graphql/sandbox";
import { checkHost } from "../host-checks.ts";

const command = [process.execPath, "server.ts"];
checkHost({ example: "node:http", version: process.version, command }, { createSandbox, exampleIds });
