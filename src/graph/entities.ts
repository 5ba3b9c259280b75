import "./account.ts";
import "./mutations/resource-group.ts";
import "./mutations/sso-connector.ts";
import "./mutations/user-group-member.ts";
import "./mutations/user-group.ts";
import "./mutations/user-group-policy.ts";
import "./mutations/member.ts";
import "./mutations/member-user-groups.ts";
import "./mutations/offboard-member.ts";
import "./member.ts";
import "./permission-group.ts";
import "./policy.ts";
import "./resource-group.ts";
import "./sso-connector.ts";
import "./sso-verification.ts";
import "./user-group.ts";
import "./zone.ts";
import "./api-token.ts";
import "./access/access.ts";
import "./access/grantee-connection.ts";
import "./access/member-access.ts";
import "./access/used-by.ts";
import "./access/offboarding-preview.ts";
import "./access/sso-enforcement.ts";

/** The builder with all entities in it. Its declaration leads to none of theirs, which only Pothos' own types could read. */
export { builder } from "./builder.ts";
