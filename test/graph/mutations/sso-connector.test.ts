import { describe } from "vitest";
import { setup } from "../../gateway.ts";
import { account, acme, connectorOf, expect, globalId, mutateBy, noon, test } from "./mutation.ts";

const connectors = "/accounts/{account_id}/sso_connectors";
const connector = `${connectors}/{sso_connector_id}`;
const shown = `ssoConnector { emailDomain enabled useFedrampLanguage createdAt updatedAt
  verification { status dnsRecord { type name content } } }`;

describe("createSsoConnector", () => {
  test("answers the DNS record to add, and looks for it at once", async ({ mutate, sandbox, wire }) => {
    const { result, calls } = await mutate(
      "createSsoConnector",
      { accountId: account, emailDomain: "new.acme.example" },
      shown,
    );
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "POST /accounts/{account_id}/sso_connectors",
        ],
        "result": {
          "__typename": "CreateSsoConnectorPayload",
          "ssoConnector": {
            "createdAt": "2026-03-01T12:00:00.000Z",
            "emailDomain": "new.acme.example",
            "enabled": false,
            "updatedAt": null,
            "useFedrampLanguage": null,
            "verification": {
              "dnsRecord": {
                "content": "cloudflare_dashboard_sso=95f0ea2bd68a35e638f52a63846b8239",
                "name": "new.acme.example",
                "type": "TXT",
              },
              "status": "PENDING",
            },
          },
        },
      }
    `);
    expect(wire.sent[0]?.body).toEqual({ email_domain: "new.acme.example" });
    expect(connectorOf(sandbox, "new.acme.example")).toMatchObject({
      enabled: false,
      verification: { status: "pending" },
    });
  });

  test("waits with that if told, and takes the wording for federal agencies", async ({ mutate, sandbox, wire }) => {
    const input = {
      accountId: account,
      emailDomain: "new.acme.example",
      beginVerification: false,
      useFedrampLanguage: true,
    };
    const { result } = await mutate(
      "createSsoConnector",
      input,
      "ssoConnector { useFedrampLanguage verification { status } }",
    );
    expect(result.ssoConnector).toEqual({ useFedrampLanguage: true, verification: { status: "AWAITING" } });
    expect(wire.sent[0]?.body).toEqual({
      email_domain: "new.acme.example",
      begin_verification: false,
      use_fedramp_language: true,
    });
    expect(connectorOf(sandbox, "new.acme.example").verification.status).toBe("awaiting");
  });

  test("of a domain that has one is a conflict", async ({ mutate, sandbox }) => {
    const { result } = await mutate("createSsoConnector", { accountId: account, emailDomain: "acme.example" });
    expect(result).toMatchObject({ __typename: "ConflictError", written: false, cloudflare: { status: 400 } });
    expect(acme(sandbox).ssoConnectors.size).toBe(4);
  });

  test("of a domain that Cloudflare does not take is refused in its words", async ({ mutate }) => {
    const { result } = await mutate("createSsoConnector", { accountId: account, emailDomain: "gmail.com" });
    expect(result.__typename).toBe("InvalidInputError");
    expect(result.message).toMatch(/Email domain is not supported$/);
  });
});

describe("updateSsoConnector", () => {
  test("enables what is verified, after a look", async ({ mutate, sandbox, wire }) => {
    const { id } = connectorOf(sandbox, "acme-labs.example");
    sandbox.verifySso(id);
    const { result, calls } = await mutate(
      "updateSsoConnector",
      { accountId: account, ssoConnectorId: id, enabled: true },
      shown,
    );
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "GET /accounts/{account_id}/sso_connectors/{sso_connector_id}",
          "PATCH /accounts/{account_id}/sso_connectors/{sso_connector_id}",
        ],
        "result": {
          "__typename": "UpdateSsoConnectorPayload",
          "ssoConnector": {
            "createdAt": "2025-09-05T20:35:34.000Z",
            "emailDomain": "acme-labs.example",
            "enabled": true,
            "updatedAt": "2026-03-01T12:00:00.000Z",
            "useFedrampLanguage": false,
            "verification": {
              "dnsRecord": {
                "content": "cloudflare_dashboard_sso=85d3aaa8f5a01622bb4092fb46b71afa",
                "name": "acme-labs.example",
                "type": "TXT",
              },
              "status": "VERIFIED",
            },
          },
        },
      }
    `);
    expect(wire.sent[1]?.body).toEqual({ enabled: true });
    expect(connectorOf(sandbox, "acme-labs.example").enabled).toBe(true);
  });

  test.for(["acme-labs.example", "acme-retail.example", "acme-classic.example"])(
    "does not send what enables %s, which is not verified",
    async (domain, { mutate, sandbox }) => {
      const { id } = connectorOf(sandbox, domain);
      const { result, calls } = await mutate("updateSsoConnector", {
        accountId: account,
        ssoConnectorId: id,
        enabled: true,
        useFedrampLanguage: true,
      });
      expect(result).toEqual({
        __typename: "ConflictError",
        message: "The connector is not verified: add its DNS record and wait for `VERIFIED` first. Nothing was sent.",
        written: false,
        sent: null,
        cloudflare: null,
        current: { __typename: "SsoConnector", id: globalId("SsoConnector", account, id) },
      });
      expect(calls).toEqual([`GET ${connector}`]);
      expect(connectorOf(sandbox, domain)).toMatchObject({ enabled: false, use_fedramp_language: false });
    },
  );

  test("disables in one call, also where Cloudflare answers a list of one", async ({ mutate, sandbox, wire }) => {
    const { id } = connectorOf(sandbox, "acme.example");
    const { result, calls } = await mutate(
      "updateSsoConnector",
      { ssoConnectorId: globalId("SsoConnector", account, id), enabled: false },
      "ssoConnector { emailDomain enabled }",
    );
    expect({ result: result.ssoConnector, calls }).toEqual({
      result: { emailDomain: "acme.example", enabled: false },
      calls: [`PATCH ${connector}`],
    });
    expect(wire.sent[0]?.body).toEqual({ enabled: false });
    expect(connectorOf(sandbox, "acme.example").enabled).toBe(false);
  });

  test.for([true, false])(
    "changes the wording alone (to %s), and never what is left out",
    async (useFedrampLanguage, { mutate, sandbox, wire }) => {
      const { id } = connectorOf(sandbox, "acme.example");
      const input = { accountId: account, ssoConnectorId: id, useFedrampLanguage, enabled: null };
      expect((await mutate("updateSsoConnector", input)).calls).toEqual([`PATCH ${connector}`]);
      expect(wire.sent[0]?.body).toEqual({ use_fedramp_language: useFedrampLanguage });
      expect(connectorOf(sandbox, "acme.example")).toMatchObject({
        enabled: true,
        use_fedramp_language: useFedrampLanguage,
      });
    },
  );

  test("of a domain that is enabled in another account is a conflict", async ({ mutate, sandbox }) => {
    const [other] = [...sandbox.state.accounts.values()].filter(({ details }) => details.id !== account);
    for (const each of other?.ssoConnectors.values() ?? [])
      Object.assign(each, { email_domain: "acme-labs.example", enabled: true });
    const { id } = connectorOf(sandbox, "acme-labs.example");
    sandbox.verifySso(id);
    const { result } = await mutate("updateSsoConnector", { accountId: account, ssoConnectorId: id, enabled: true });
    expect(result).toMatchObject({ __typename: "ConflictError", written: false });
    expect(result.message).toMatch(/enabled in another account$/);
  });
});

describe("deleteSsoConnector", () => {
  test("takes it away, once", async ({ mutate, sandbox }) => {
    const { id } = connectorOf(sandbox, "acme-retail.example");
    const { result, calls } = await mutate(
      "deleteSsoConnector",
      { accountId: account, ssoConnectorId: id },
      "deletedId",
    );
    expect({ result, calls }).toEqual({
      result: { __typename: "DeleteSsoConnectorPayload", deletedId: globalId("SsoConnector", account, id) },
      calls: [`DELETE ${connector}`],
    });
    expect(acme(sandbox).ssoConnectors.has(id)).toBe(false);
    expect((await mutate("deleteSsoConnector", { ssoConnectorId: result.deletedId })).result.__typename).toBe(
      "NotFoundError",
    );
  });

  test("of one that is enabled is a conflict", async ({ mutate, sandbox }) => {
    const { id } = connectorOf(sandbox, "acme.example");
    const { result } = await mutate("deleteSsoConnector", { accountId: account, ssoConnectorId: id });
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: false,
      message: expect.stringMatching(/must be disabled before it is deleted$/),
    });
    expect(acme(sandbox).ssoConnectors.has(id)).toBe(true);
  });
});

describe("beginSsoConnectorVerification", () => {
  test.for([
    ["acme-retail.example", "PENDING"],
    ["acme-classic.example", "PENDING"],
    ["acme.example", "VERIFIED"],
  ])("begins, and reads how far %s is: %s", async ([domain = "", status], { mutate, sandbox, wire }) => {
    const { id } = connectorOf(sandbox, domain);
    const { result, calls } = await mutate(
      "beginSsoConnectorVerification",
      { accountId: account, ssoConnectorId: id },
      "ssoConnector { emailDomain verification { status } }",
    );
    expect({ result: result.ssoConnector, calls }).toEqual({
      result: { emailDomain: domain, verification: { status } },
      calls: [`POST ${connector}/begin_verification`, `GET ${connector}`],
    });
    expect(wire.sent[0]?.body).toBeUndefined();
  });

  test("begins again once Cloudflare gave up after two days", async () => {
    let days = 0;
    const { sandbox, run } = setup({ clock: () => new Date(noon().getTime() + days * 86_400_000) });
    const mutate = mutateBy(run);
    const status = "ssoConnector { cloudflareId verification { status } }";
    const created = await mutate("createSsoConnector", { accountId: account, emailDomain: "new.acme.example" }, status);
    const id = created.result.ssoConnector?.cloudflareId;
    days = 2;
    const enabled = await mutate("updateSsoConnector", { accountId: account, ssoConnectorId: id, enabled: true });
    expect(enabled.result).toMatchObject({ __typename: "ConflictError", written: false });
    expect(connectorOf(sandbox, "new.acme.example").verification.status).toBe("failed");
    const again = await mutate("beginSsoConnectorVerification", { accountId: account, ssoConnectorId: id }, status);
    expect(again.result.ssoConnector).toMatchObject({ verification: { status: "PENDING" } });
    sandbox.verifySso(String(id));
    const done = await mutate(
      "updateSsoConnector",
      { accountId: account, ssoConnectorId: id, enabled: true },
      "ssoConnector { enabled }",
    );
    expect(done.result.ssoConnector).toEqual({ enabled: true });
  });
});
