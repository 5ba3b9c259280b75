/** `cloudflare-iam-graphql/service-mode`: many callers on one credential, for the option `authenticate`. */
export { cloudflareAccess, type JwtOptions } from "./server/callers/jwt-options.ts";
export type { CallerRule, ClaimValue } from "./server/callers/rules.ts";
export { type ServiceModeOptions, serviceMode } from "./server/callers/service-mode.ts";
