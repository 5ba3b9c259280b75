import { type Addressed, addressOf } from "../../access/who-can.ts";
import { CloudflareError, type Kind } from "../../cloudflare/error.ts";
import type { Member } from "../../cloudflare/members.ts";
import { user } from "../../cloudflare/user.ts";
import { type Change, demotionBy } from "../access/super-administrators.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { type Confirmation, MutationError } from "./mutation-errors.ts";

function unless(own: string): string {
  return (
    `Without \`confirm\` it is refused (\`ConfirmationRequiredError\`) if nobody would be left who is a Super Administrator, or if ${own}; ` +
    "Super Administrators count through user groups, too. What tells it is read before, and more of it only where Super Administrators " +
    "are concerned: then all members, user groups and who is in those that matter. Such changes of one account follow one another in " +
    "one process of the gateway; that none comes between from elsewhere cannot be guaranteed."
  );
}

/** The rest of a description of a mutation that can take rights from given members. */
export const unlessConfirmed = unless("it takes rights from your own membership");

/** The same of one that changes what all in a group may do. Of other rights than a Super Administrator's it asks for no confirmation. */
export const unlessConfirmedForAll = unless("you would not be one any more");

/** Whether nothing has to be read before a change: then its cost has a bound. */
export function isConfirmed(confirm: readonly string[] | null | undefined): boolean {
  return new Set(confirm).size === 2;
}

/** Something that a mutation did, and could not make sure of. */
export interface Warning {
  code: "OWN_MEMBERSHIP_UNKNOWN";
  message: string;
}

const ownUnknown: Warning = {
  code: "OWN_MEMBERSHIP_UNKNOWN",
  message:
    "Whether this is your own membership could not be told: the credential has no user that Cloudflare names, or the caller's token " +
    "no e-mail address.",
};

const WarningCodeEnum = builder.enumType("MutationWarningCode", {
  description: "What a mutation could not make sure of.",
  values: {
    OWN_MEMBERSHIP_UNKNOWN: { description: "Whether it takes rights from the caller's own membership." },
  } as const,
});

export const WarningRef = builder.objectRef<Warning>("MutationWarning");
WarningRef.implement({
  description: "Something that a mutation did, and could not make sure of before.",
  fields: (t) => ({
    code: t.expose("code", { type: WarningCodeEnum, nullable: false, description: "What it is." }),
    message: t.exposeString("message", { nullable: false, description: "The same for people." }),
  }),
});

/** A change that takes something away. */
export interface Taking {
  accountId: string;
  confirm: readonly Confirmation[] | null | undefined;
  /** Whether it may concern a Super Administrator at all: told by less than all members and groups. */
  mayDemote: () => Promise<boolean>;
  /** What is to be evaluated then. */
  change: Change;
  /**
   * Whether it takes rights from the member with this address, which is in lower case; `null` where that cannot be told. Without it:
   * from those who are demoted.
   */
  takesFrom?: (own: string) => Promise<boolean | null> | boolean | null;
}

/** Whether a member is the one with an address, which is in lower case; `null` where the record has none. */
export function isOwn(member: Addressed, own: string): boolean | null {
  const address = addressOf(member);
  return address === "" ? null : address === own;
}

/** Failures that say that a credential has no user, or none that it may name. */
const nobody = new Set<Kind>(["forbidden", "unauthenticated", "not_found", "rejected", "invalid_response"]);

/** The caller's own address in lower case: 1 call for an API token, once in an operation; `null` where nothing tells it. */
async function ownAddress(context: Context): Promise<string | null> {
  if (context.email === undefined) {
    try {
      const { result } = await context.loaders.send(user.get, {});
      context.email = result.email ?? null;
    } catch (error) {
      if (!(error instanceof CloudflareError && error.status !== null && nobody.has(error.kind))) throw error;
      context.email = null;
    }
  }
  return context.email?.toLowerCase() ?? null;
}

/**
 * Does what takes something away, unless it needs a confirmation that was not given. Where it may concern a Super Administrator, it is
 * evaluated and done in turn with all other such changes of the account.
 */
export async function whereConfirmed<T extends object>(
  { accountId, confirm, mayDemote, change, takesFrom }: Taking,
  context: Context,
  write: () => Promise<T>,
): Promise<T & { warnings: Warning[] }> {
  const given = new Set(confirm);
  const warnings: Warning[] = [];

  /** Whether the caller's own membership loses rights, and nobody has confirmed it. */
  const concernsOwn = async (lost: Member[]): Promise<boolean> => {
    if (given.has("OWN_MEMBERSHIP") || (!takesFrom && lost.length === 0)) return false;
    const own = await ownAddress(context);
    if (own === null) {
      warnings.push(ownUnknown);
      return false;
    }
    const theirs = [...lost.map((member) => isOwn(member, own)), takesFrom ? await takesFrom(own) : false];
    if (!theirs.includes(true) && theirs.includes(null)) warnings.push(ownUnknown);
    return theirs.includes(true);
  };
  const check = async (lost: Member[], last: boolean) => {
    const required: Confirmation[] = [
      ...(last ? (["LAST_SUPER_ADMINISTRATOR"] as const) : []),
      ...((await concernsOwn(lost)) ? (["OWN_MEMBERSHIP"] as const) : []),
    ];
    if (required.length > 0) throw confirmationRequired(required);
    return { ...(await write()), warnings };
  };

  const isLast = given.has("LAST_SUPER_ADMINISTRATOR");
  if (!isLast && !(await mayDemote())) return check([], false);
  return context.lock.run(`${accountId}/super-administrators`, async () => {
    if (isLast && (takesFrom || given.has("OWN_MEMBERSHIP"))) return check([], false);
    context.loaders.forget();
    const { lost, remain } = await demotionBy(accountId, change, context);
    return check(lost, !isLast && lost.length > 0 && remain === 0);
  });
}

const says: Record<Confirmation, string> = {
  LAST_SUPER_ADMINISTRATOR: "nobody would be left who certainly is a Super Administrator of the account",
  OWN_MEMBERSHIP: "it takes rights from your own membership",
};

export function confirmationRequired(required: Confirmation[]): MutationError {
  const reasons = required.map((each) => says[each]).join(", and ");
  const message = `Nothing was sent, because ${reasons}. If that is meant: \`confirm: [${required.join(", ")}]\`.`;
  return new MutationError({ type: "ConfirmationRequiredError", required, message });
}
