import * as z from "zod";
import { Direction, endpoint } from "./endpoint.ts";
import { Policy, Reference, WritePolicy } from "./policies.ts";
import { Deleted, list, listWithin, records } from "./result.ts";

/** People who share policies. A group without policies comes without the key. */
export const UserGroup = z.object({
  id: z.string(),
  name: z.string().nullish(),
  created_on: z.string().nullish(),
  modified_on: z.string().nullish(),
  policies: listWithin(Policy),
});
export type UserGroup = z.output<typeof UserGroup>;

/** A record of a group's member list: an account member's ID, and less of the member than the account's list has. */
export const UserGroupMember = z.object({ id: z.string(), email: z.string().nullish(), status: z.string().nullish() });
export type UserGroupMember = z.output<typeof UserGroupMember>;

/** One member of a group: when it was added (`created_at`, not `_on`) and a little of the user. */
export const UserGroupMemberDetail = UserGroupMember.extend({
  created_at: z.string().nullish(),
  user: z
    .object({
      id: z.string().nullish(),
      email: z.string().nullish(),
      first_name: z.string().nullish(),
      last_name: z.string().nullish(),
    })
    .nullish(),
});

/** User groups of an account, each with its policies, and the members of one group. */
export const userGroups = {
  list: endpoint("GET /accounts/{account_id}/iam/user_groups", {
    query: z.object({
      id: z.string().optional(),
      name: z.string().optional(),
      /** Substring of the name, spelt in camelCase by Cloudflare. */
      fuzzyName: z.string().optional(),
      direction: Direction.optional(),
    }),
    result: records(UserGroup),
    perPage: { min: 1, default: 100, max: 500 },
  }),
  create: endpoint("POST /accounts/{account_id}/iam/user_groups", {
    body: z.object({ name: z.string().min(1), policies: z.array(WritePolicy).optional() }),
    result: UserGroup,
  }),
  get: endpoint("GET /accounts/{account_id}/iam/user_groups/{user_group_id}", { result: UserGroup }),
  update: endpoint("PUT /accounts/{account_id}/iam/user_groups/{user_group_id}", {
    /** `policies` replaces the whole set. */
    body: z.object({ name: z.string().min(1).optional(), policies: z.array(WritePolicy).optional() }),
    result: UserGroup,
  }),
  remove: endpoint("DELETE /accounts/{account_id}/iam/user_groups/{user_group_id}", { result: Deleted }),

  members: {
    list: endpoint("GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members", {
      query: z.object({ fuzzyEmail: z.string().optional(), direction: Direction.optional() }),
      result: records(UserGroupMember),
      perPage: { min: 1, default: 100, max: 500 },
    }),
    /** Adds; members already there stay. Answers the whole set. */
    add: endpoint("POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members", {
      body: z.array(Reference),
      result: list(UserGroupMember),
    }),
    /** Replaces the whole set; `[]` empties the group. */
    replace: endpoint("PUT /accounts/{account_id}/iam/user_groups/{user_group_id}/members", {
      body: z.array(Reference),
      result: list(UserGroupMember),
    }),
    get: endpoint("GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}", {
      result: UserGroupMemberDetail,
    }),
    remove: endpoint("DELETE /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}", {
      result: UserGroupMember.nullish(),
    }),
  },
};
