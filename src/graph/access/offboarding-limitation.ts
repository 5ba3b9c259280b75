import { builder } from "../builder.ts";

const docs = "https://developers.cloudflare.com/fundamentals";

/** What no preview of an off-boarding can see. */
export const offboardingLimitations = [
  {
    kind: "organizationMembership" as const,
    sentence:
      "An organization that manages the account may have the person as its Super Administrator. They then keep every permission, " +
      "without a membership of the account.",
    documentationUrl: `${docs}/organizations/manage-members/`,
  },
  {
    kind: "userTokens" as const,
    sentence:
      "API tokens and the Global API Key of the user belong to the user. They lose what the membership gave, and nothing lists them here.",
    documentationUrl: `${docs}/api/get-started/create-token/`,
  },
  {
    kind: "directory" as const,
    sentence:
      "A directory that provisions members by SCIM may bring the person back, and may keep them in its groups: take them out there, too.",
    documentationUrl: `${docs}/account/account-security/scim-setup/`,
  },
];

const LimitationKindEnum = builder.enumType("OffboardingLimitationKind", {
  description: "Kind of a thing that no preview of an off-boarding can see.",
  values: {
    ORGANIZATION_MEMBERSHIP: {
      value: "organizationMembership",
      description: "Whether the person has access by an organization.",
    },
    USER_TOKENS: { value: "userTokens", description: "API tokens and keys of the user." },
    DIRECTORY: { value: "directory", description: "A directory that may bring the person back." },
  } as const,
});

export const OffboardingLimitationRef =
  builder.objectRef<(typeof offboardingLimitations)[number]>("OffboardingLimitation");
OffboardingLimitationRef.implement({
  description: "Something that no preview of an off-boarding can see.",
  fields: (t) => ({
    kind: t.expose("kind", { type: LimitationKindEnum, nullable: false, description: "Kind of the thing." }),
    sentence: t.exposeString("sentence", { nullable: false, description: "What it is, and what follows." }),
    documentationUrl: t.exposeString("documentationUrl", {
      nullable: false,
      description: "The nearest page of Cloudflare's documentation.",
    }),
  }),
});
