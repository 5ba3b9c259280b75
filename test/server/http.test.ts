import { serverAudits } from "graphql-http";
import { describe, expect, test } from "vitest";
import { setup } from "../gateway.ts";

describe("GraphQL over HTTP", () => {
  const { gateway } = setup();
  const audits = serverAudits({
    url: "http://gateway/graphql",
    fetchFn: (url: string, init: RequestInit) => gateway.fetch(url, init),
  });

  test.each(audits.map((audit) => [audit.name, audit] as const))("%s", async (_, audit) => {
    const result = await audit.fn();
    expect(result.status, "reason" in result ? result.reason : "").toBe("ok");
  });

  test("there are 61 audits", () => expect(audits).toHaveLength(61));

  test("a body that is no JSON is refused, and the parser's own words stay here", async () => {
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: "{ nonsense",
    });
    expect(response.status).toBe(400);
    expect((await response.json()).errors[0].extensions).toEqual({ code: "BAD_USER_INPUT" });
  });

  test.each(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])(
    "a form that any site could send (%s) is refused",
    async (type) => {
      const response = await gateway.fetch("http://gateway/graphql", {
        method: "POST",
        headers: { "content-type": type },
        body: "query={__typename}",
      });
      expect(response.status).toBe(415);
    },
  );

  test("no origin is allowed to read an answer", async () => {
    const response = await gateway.fetch("http://gateway/graphql?query={__typename}", {
      headers: { origin: "https://evil.example" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});
