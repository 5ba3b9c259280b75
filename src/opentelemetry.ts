/** `cloudflare-iam-graphql/opentelemetry`: spans of operations and REST calls, for the option `tracing`. */
export { type OpenTelemetryOptions, openTelemetry } from "./server/open-telemetry.ts";
