import plugin from "@graphql-eslint/eslint-plugin";

const [schema, documents] = ["schema/schema.graphql", "schema/operations/*.graphql"].map(
  (path) => `node_modules/cloudflare-iam-graphql/${path}`,
);

/** Parts of an object that have no identity of their own: caches keep them within it. */
const types = [
  "AccessAnswer",
  "AccessChange",
  "AccessGrant",
  "AccountManager",
  "AccountSettings",
  "ApiTokenGrant",
  "ApiTokenPermissionGroup",
  "ApiTokenPolicy",
  "AppliedChange",
  "Assumption",
  "ChangePreview",
  "ChangeRefusal",
  "ChangeWarning",
  "CloudflareErrorDetail",
  "CloudflareMessage",
  "CloudflareResponse",
  "DirectPolicy",
  "DnsRecord",
  "GroupMembership",
  "LegacyRole",
  "LostRight",
  "MetadataEntry",
  "MutationWarning",
  "NearMiss",
  "OffboardingLimitation",
  "OffboardingPreview",
  "OffboardingStep",
  "PageInfo",
  "PlannedCall",
  "RoleGrant",
  "Scope",
  "ScopeObject",
  "SsoConnectorVerificationEvent",
  "SsoEnforcementPreview",
  "SsoVerification",
  "Unread",
  "UserGroupAddition",
];

/** Rules of the presets that are set otherwise, each with the reason. All others are kept as they are. */
export const changed = {
  "strict-id-in-types": {
    setting: ["error", { exceptions: { types, suffixes: ["Connection", "Edge", "Payload", "Error"] } }],
    reason:
      "every object has an ID that `node` takes; parts of one, pages, payloads and errors are no objects of their own",
  },
  "relay-edge-types": {
    setting: ["error", { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false }],
    reason: "what Cloudflare gives whole with its owner, such as policies, is a list without pages",
  },
  "relay-connection-types": {
    setting: "off",
    reason: "`pageInfo` may cost a call, and one that fails must not take the items with it: it is nullable",
  },
  "require-selections": {
    setting: "off",
    reason: "an example operation shows what it is about; clients with a cache add the `id`",
  },
  "selection-set-depth": {
    setting: ["error", { maxDepth: 10 }],
    reason: "who has which permission on which zone is nested deeper than 7; the gateway's own limit is MAX_DEPTH",
  },
};

const rules = (...presets) => {
  const kept = Object.assign({}, ...presets.map((preset) => plugin.configs[preset].rules));
  const own = Object.entries(changed).map(([name, { setting }]) => [`@graphql-eslint/${name}`, setting]);
  return { ...kept, ...Object.fromEntries(own.filter(([name]) => name in kept)) };
};

const setup = {
  languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema, documents } } },
  plugins: { "@graphql-eslint": plugin },
};

export default [
  // The package is what is looked at.
  { ignores: ["!**/node_modules/"] },
  { files: [schema], ...setup, rules: rules("flat/schema-recommended", "flat/schema-relay") },
  { files: [documents], ...setup, rules: rules("flat/operations-recommended") },
];
