import type { z } from "zod";
import type { members } from "../cloudflare/index.ts";
import { ApiError } from "./answer.ts";
import type { IdGenerator } from "./id-generator.ts";
import { storedPolicies } from "./policies.ts";
import { policiesOfRoles, roleOf, rolesOfPolicies } from "./roles.ts";
import { accountKey } from "./seed.ts";
import { type AccountState, emailOf, type Member, type Policy, type SandboxState } from "./state.ts";

type Invitation = z.output<typeof members.create.body>;
type Grants = { roles: (string | { id: string })[] } | Pick<Extract<Invitation, { policies: unknown }>, "policies">;

/** Failures of members carry `[]` as result [S]. */
function refused(code: number, message: string): ApiError {
  return new ApiError(400, code, message, { result: [] });
}

/** The text around the reason is known [S]; of the reasons, only that of an impossible pair. */
function unknownError(reason: string): ApiError {
  return refused(1006, `Unknown error when processing member, please try again. Error: ${reason}`);
}

/** Somebody new: invited, or added at once where the account and the person allow that [D]. */
export function invitation(account: AccountState, body: Invitation, state: SandboxState, ids: IdGenerator): Member {
  const { email, status = "pending" } = body;
  if (email === "") throw refused(1001, "email is required");
  const present = [...account.members.values()].some((each) => emailOf(each).toLowerCase() === email.toLowerCase());
  // The code was never recorded.
  if (present) throw refused(1001, `User ${email} already exists in the account`);
  const invited: Member = {
    id: ids.id("member"),
    email,
    status: "pending",
    code: ids.id("invitation") + ids.id("code"),
    user: { id: null, first_name: null, last_name: null, two_factor_authentication_enabled: false },
    roles: [],
    policies: [],
  };
  const member = { ...invited, ...withGrants(account, invited, body, ids) };
  if (status === "pending") return member;
  // Neither text was recorded.
  if (account.details.type !== "enterprise")
    throw refused(1001, "Members can be added directly in Enterprise accounts only");
  const user = userOf(state, email);
  if (!user) throw refused(1001, `User ${email} does not exist`);
  const { code: _, ...accepted } = member;
  return { ...accepted, status, user };
}

/** A person known from any account. */
function userOf({ accounts }: SandboxState, email: string): Member["user"] | undefined {
  const everybody = [...accounts.values()].flatMap(({ members }) => [...members.values()]);
  return everybody.find((each) => each.user.id !== null && each.user.email?.toLowerCase() === email.toLowerCase())
    ?.user;
}

/** Roles and policies as a write leaves them: each shows as the other [S]. */
export function withGrants(account: AccountState, member: Member, body: Grants, ids: IdGenerator) {
  if ("policies" in body) {
    if (body.policies.length === 0) throw refused(1001, "policies must not be empty");
    const policies = storedPolicies(account, body.policies, ids, unknownError);
    if (!policies.every((policy) => isPossible(account, policy))) {
      throw unknownError("invalid permission group and resource group combination");
    }
    return { policies, roles: rolesOfPolicies(policies) };
  }
  if (body.roles.length === 0) throw refused(1001, "roles must not be empty");
  const roles = body.roles.map((given) => {
    const id = typeof given === "string" ? given : given.id;
    const role = roleOf(id) ?? member.roles.find((each) => each.id === id);
    if (!role) throw unknownError(`role ${id} not found`);
    return role;
  });
  return { roles, policies: storedPolicies(account, policiesOfRoles(account, roles), ids, unknownError) };
}

/** A permission of accounts is granted on the whole account alone; one of zones also there (assumed). */
function isPossible({ details }: AccountState, { permission_groups, resource_groups }: Policy): boolean {
  const key = accountKey(details.id);
  const whole = resource_groups.every(
    ({ scope }) => scope.key === key && scope.objects.some((each) => each.key === "*"),
  );
  return whole || permission_groups.every(({ meta }) => meta.scopes.endsWith(".zone"));
}
