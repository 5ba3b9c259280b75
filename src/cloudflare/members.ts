import * as z from "zod";
import { Direction, endpoint } from "./endpoint.ts";
import { Policy, Reference, WritePolicy } from "./policies.ts";
import { Deleted, listWithin, records } from "./result.ts";

/** Rights to one area of the product. Written as `edit` in older answers, `write` in the reference. */
const Grant = z.object({ read: z.boolean().nullish(), write: z.boolean().nullish(), edit: z.boolean().nullish() });

/** A legacy role of a member. Superseded by policies; an account role's ID is not a permission group's ID. */
export const Role = z.object({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  permissions: z.record(z.string(), Grant).nullish(),
});
export type Role = z.output<typeof Role>;

/** A user's ID. Zeros only were seen where there is no user: read as none, or invitees would all be one person. */
const UserId = z
  .string()
  .nullish()
  .transform((id) => (id && /^0+$/.test(id) ? null : id));

/** A person's membership of an account. `email` and `user.email` are filled differently by state: read both. */
export const Member = z.object({
  id: z.string(),
  email: z.string().nullish(),
  /** `accepted` or `pending`; a new word is kept. */
  status: z.string().nullish(),
  user: z
    .object({
      id: UserId,
      email: z.string().nullish(),
      first_name: z.string().nullish(),
      last_name: z.string().nullish(),
      two_factor_authentication_enabled: z.boolean().nullish(),
    })
    .nullish(),
  roles: listWithin(Role),
  policies: listWithin(Policy),
});
export type Member = z.output<typeof Member>;

/** What the answer to an invitation shows of the new member: Cloudflare leaves out the roles [S]. */
export const InvitedMember = Member.extend({ roles: z.array(Role).nullish().catch(null) });
export type InvitedMember = z.output<typeof InvitedMember>;

const Status = z.enum(["accepted", "pending"]);

/** Members of an account. Inherited policies (those of the member's user groups) are not on these records. */
export const members = {
  list: endpoint("GET /accounts/{account_id}/members", {
    query: z.object({
      status: z.enum(["accepted", "pending", "rejected"]).optional(),
      order: z.enum(["user.first_name", "user.last_name", "user.email", "status"]).optional(),
      direction: Direction.optional(),
    }),
    result: records(Member),
    perPage: { min: 5, default: 20, max: 50 },
  }),
  /** Of policies and roles one is sent: of both, Cloudflare takes the policies without a word [S]. Roles are plain IDs here. */
  create: endpoint("POST /accounts/{account_id}/members", {
    body: z.union([
      z.object({ email: z.string(), policies: z.array(WritePolicy), status: Status.optional() }),
      z.object({ email: z.string(), roles: z.array(z.string()), status: Status.optional() }),
    ]),
    result: InvitedMember,
  }),
  get: endpoint("GET /accounts/{account_id}/members/{member_id}", { result: Member }),
  /** Without the member's present status the rest is lost, under an answer that says success [S]. Roles are objects here. */
  update: endpoint("PUT /accounts/{account_id}/members/{member_id}", {
    body: z.union([
      z.object({ policies: z.array(WritePolicy), status: Status.optional() }),
      z.object({ roles: z.array(Reference), status: Status.optional() }),
    ]),
    result: Member,
  }),
  remove: endpoint("DELETE /accounts/{account_id}/members/{member_id}", { result: Deleted }),
};

/** Legacy roles that members of an account can have. Deprecated by Cloudflare in favour of permission groups. */
export const roles = {
  list: endpoint("GET /accounts/{account_id}/roles", {
    result: records(Role),
    perPage: { min: 5, default: 20, max: 50 },
  }),
  get: endpoint("GET /accounts/{account_id}/roles/{role_id}", { result: Role }),
};
