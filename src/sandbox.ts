/** `cloudflare-iam-graphql/sandbox`: an in-memory mock of Cloudflare's API, for tests and for trying things out. */
export type { Fault } from "./sandbox/fault-injection.ts";
export type { Quirk } from "./sandbox/quirks.ts";
export { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox/sandbox.ts";
export { type ExampleIds, exampleIds, exampleVariables } from "./server/examples.ts";
