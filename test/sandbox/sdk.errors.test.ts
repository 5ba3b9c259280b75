import {
  type APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "cloudflare";
import { expect, test } from "vitest";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import { account_id, nobody, play, type Stage } from "./sdk.ts";

const dns = "49ce85367bae433b9f0717ed4fea5c74";
const dnsRole = "069fe803647ed3609e93d041d5df6050";

/** What is refused, how the SDK calls that, and the code in the answer. */
interface Case {
  what: string;
  type: { new (...args: never[]): APIError; name: string };
  code: number;
  call(fixture: Stage): PromiseLike<unknown>;
}

/** Refusals of statuses that the sandbox has no occasion for. */
const stubbed =
  (status: number, code: number, message: string) =>
  ({ sandbox, cloudflare }: Stage) => {
    sandbox.stub("GET /accounts", () => errorResponse(new ApiError(status, code, message)));
    return cloudflare.accounts.list();
  };

test.each<Case>([
  {
    what: "a user group that is not there",
    type: NotFoundError,
    code: 404,
    call: ({ cloudflare }) => cloudflare.iam.userGroups.get(nobody, { account_id }),
  },
  {
    what: "a member who is not there",
    type: NotFoundError,
    code: 1003,
    call: ({ cloudflare }) => cloudflare.accounts.members.get(nobody, { account_id }),
  },
  {
    what: "an account that is not there",
    type: NotFoundError,
    code: 7003,
    call: ({ cloudflare }) => cloudflare.accounts.get({ account_id: nobody }),
  },
  {
    what: "a write with a token that may only read",
    type: PermissionDeniedError,
    code: 9109,
    call: ({ client }) => client({ apiToken: "sandbox-reader" }).iam.userGroups.create({ account_id, name: "Edge" }),
  },
  {
    what: "an unknown token",
    type: PermissionDeniedError,
    code: 9109,
    call: ({ client }) => client({ apiToken: "x".repeat(40) }).accounts.list(),
  },
  {
    what: "a malformed token",
    type: BadRequestError,
    code: 6003,
    call: ({ client }) => client({ apiToken: "sandbox admin" }).accounts.list(),
  },
  {
    what: "a page size out of range",
    type: BadRequestError,
    code: 6008,
    call: ({ cloudflare }) => cloudflare.accounts.list({ per_page: 51 }),
  },
  {
    what: "an invitation of somebody who is a member",
    type: BadRequestError,
    code: 1001,
    call: ({ cloudflare }) =>
      cloudflare.accounts.members.create({ account_id, email: "Mara.Lindqvist@acme.example", roles: [dnsRole] }),
  },
  {
    what: "an invitation of nobody to nothing",
    type: BadRequestError,
    code: 1001,
    call: ({ cloudflare }) => cloudflare.accounts.members.create({ account_id, email: "", roles: [] }),
  },
  {
    what: "somebody without a Cloudflare user, added directly",
    type: BadRequestError,
    code: 1001,
    call: ({ cloudflare }) =>
      cloudflare.accounts.members.create({ account_id, email: "new@a.example", roles: [dnsRole], status: "accepted" }),
  },
  {
    what: "a permission of accounts on zones",
    type: BadRequestError,
    code: 1006,
    call: ({ cloudflare, place }) =>
      cloudflare.accounts.members.create({
        account_id,
        email: "new@a.example",
        policies: [
          { access: "allow", permission_groups: [{ id: dns }], resource_groups: [{ id: place("Storefront") }] },
        ],
      }),
  },
  {
    what: "a change of a member that says nothing",
    type: BadRequestError,
    code: 400,
    call: ({ cloudflare }) => cloudflare.accounts.members.update(nobody, { account_id }),
  },
  {
    what: "removing a member who is not there",
    type: NotFoundError,
    code: 1003,
    call: ({ cloudflare }) => cloudflare.accounts.members.delete(nobody, { account_id }),
  },
  {
    what: "the user of a token that an account owns",
    type: PermissionDeniedError,
    code: 9109,
    call: ({ client }) => client({ apiToken: "sandbox-account" }).user.get(),
  },
  {
    what: "a name in use",
    type: BadRequestError,
    code: 400,
    call: ({ cloudflare }) => cloudflare.iam.userGroups.create({ account_id, name: "Security" }),
  },
  {
    what: "deleting what is built in",
    type: UnprocessableEntityError,
    code: 422,
    call: ({ cloudflare, place }) =>
      cloudflare.iam.resourceGroups.delete(place(`com.cloudflare.api.account.${account_id}`), { account_id }),
  },
  { what: "a stubbed 401", type: AuthenticationError, code: 10000, call: stubbed(401, 10000, "Authentication error") },
  { what: "a stubbed 500", type: InternalServerError, code: 10001, call: stubbed(500, 10001, "internal error") },
])("$what is $type.name with code $code", async ({ type, code, call }) => {
  await using fixture = await play();
  const error = await Promise.resolve(call(fixture)).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(type);
  expect((error as APIError).errors).toMatchObject([{ code }]);
  expect(fixture.sandbox.calls).toHaveLength(1);
});

test("a spent quota is RateLimitError with the time to come back, whichever credential of the user spent it", async () => {
  await using fixture = await play({
    quota: { requests: 2, seconds: 60 },
    clock: () => new Date("2026-11-22T12:00:00Z"),
  });
  const { cloudflare, client } = fixture;
  const { data, response } = await cloudflare.accounts.list().withResponse();
  expect([data.result.length, response.headers.get("ratelimit")]).toEqual([2, '"default";r=1;t=60']);
  await client({ apiEmail: "admin@acme.example", apiKey: "sandbox-admin-key" }).accounts.list();
  const error = await cloudflare.accounts.list().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(RateLimitError);
  expect((error as RateLimitError).errors).toMatchObject([{ code: 971 }]);
  expect((error as RateLimitError).headers.get("retry-after")).toBe("60");
});
