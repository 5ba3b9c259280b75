import { addressOf } from "../../access/who-can.ts";
import { type Member, members } from "../../cloudflare/members.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { assumes, costs, evaluation } from "../cost.ts";
import { invalidUpstreamValue } from "../error.ts";
import { MemberNode, MemberRef } from "../member.ts";
import { type SsoConnectorNode, SsoConnectorRef } from "../sso-connector.ts";
import { domainOf } from "./sso-domain.ts";
import { type Unread, UnreadRef, withoutAddress } from "./unread.ts";
import { readMembers } from "./who-can.ts";

/** The members of an account by what an enabled connector does to them. */
interface Enforcement {
  forced: MemberNode[];
  outside: MemberNode[];
  unread: Unread[];
  readAt: Date;
}

/** Reads all members and sorts them by their e-mail domain. */
async function previewOf({ accountId, record }: SsoConnectorNode, context: Context): Promise<Enforcement> {
  const domain = record.email_domain?.toLowerCase();
  if (!domain) throw invalidUpstreamValue("an SSO connector without its domain");
  const began = Date.now();
  const { members, unread } = await readMembers(accountId, context);
  const [forced, outside, without]: [Member[], Member[], Member[]] = [[], [], []];
  for (const member of members) {
    const address = addressOf(member);
    if (address === "") without.push(member);
    else if (domainOf(address) === domain) forced.push(member);
    else outside.push(member);
  }
  const node = (member: Member) => new MemberNode(accountId, member);
  return {
    forced: forced.map(node),
    outside: outside.map(node),
    unread: [...unread, ...without.map(withoutAddress)],
    readAt: new Date(Math.min(began, context.oldestRead())),
  };
}

const EnforcementRef = builder.objectRef<Enforcement>("SsoEnforcementPreview");
EnforcementRef.implement({
  description:
    "Whom an SSO connector sends through the identity provider once it is enabled. It concerns all users of the domain, in all their " +
    "accounts: those who are no members of this account are not listed.",
  fields: (t) => ({
    forced: t.field({
      type: [MemberRef],
      nullable: false,
      ...assumes(20),
      description:
        "Members with an e-mail address of exactly this domain, pending ones too: they sign in through the identity provider, and " +
        "no longer with a password.",
      resolve: ({ forced }) => forced,
    }),
    outside: t.field({
      type: [MemberRef],
      nullable: false,
      ...assumes(20),
      description:
        "Members with another domain, a subdomain too (assumed): they sign in as before, and the identity provider says nothing about them.",
      resolve: ({ outside }) => outside,
    }),
    complete: t.boolean({
      nullable: false,
      description: "Whether all members could be read: `unread` is empty.",
      resolve: ({ unread }) => unread.length === 0,
    }),
    unread: t.field({
      type: [UnreadRef],
      nullable: false,
      ...assumes(1),
      description: "Members who could not be read, or have no e-mail address: they are in neither list.",
      resolve: ({ unread }) => unread,
    }),
    readAt: t.field({
      type: "DateTime",
      nullable: false,
      description: "Time at which the oldest read behind the preview was sent.",
      resolve: ({ readAt }) => readAt,
    }),
  }),
});

builder.objectField(SsoConnectorRef, "enforcementPreview", (t) =>
  t.field({
    type: EnforcementRef,
    nullable: true,
    ...costs(
      evaluation("Costs 1 call per 50 members of the account.", () => ({ lists: [members.list] })),
      (calls) =>
        "Who will sign in through the identity provider once the connector is enabled, and who stays outside: look at it before " +
        `\`updateSsoConnector\`. ${calls}`,
    ),
    resolve: (connector, _args, context) => previewOf(connector, context),
  }),
);
