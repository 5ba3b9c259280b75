import { createServer } from "node:http";
import express, { type RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { setup } from "../gateway.ts";
import { listening } from "./raw-http.ts";

/** Reads the body and keeps nothing of it, as something that checks a signature does. */
const reading: RequestHandler = (request, _, next) => {
  request.resume().once("end", () => next());
};

/** An app with a gateway, mounted somewhere behind something. */
async function served(mount: string, before: RequestHandler[] = []) {
  const app = express();
  for (const handler of before) app.use(handler);
  app.use(mount, setup().gateway);
  const server = await listening(createServer(app));
  const ask = async (path: string, type = "application/json") => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body: '{"query":"{__typename}"}',
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  return Object.assign(server, { ask });
}

const answer = { status: 200, data: { __typename: "Query" } };

describe("in Express", () => {
  test.each<[string, RequestHandler[]]>([
    ["alone", []],
    ["behind express.json()", [express.json()]],
    ["behind express.text()", [express.text({ type: "*/*" })]],
    ["behind express.raw()", [express.raw({ type: "*/*" })]],
  ])("%s it answers", async (_, before) => {
    await using server = await served("/", before);
    expect(await server.ask("/graphql")).toEqual(answer);
    expect(await server.ask("/graphql", "application/graphql+json")).toEqual(answer);
  });

  test("it answers at its path, wherever it is mounted", async () => {
    await using server = await served("/graphql");
    expect(await server.ask("/graphql")).toEqual(answer);
  });

  test("behind what has read the body and kept nothing, it says where to mount it", async () => {
    await using server = await served("/", [reading]);
    expect(await server.ask("/graphql")).toMatchObject({
      status: 500,
      errors: [{ message: expect.stringContaining("mount the gateway before whatever reads bodies") }],
    });
  });

  test("mounted elsewhere, it says which path it answers at", async () => {
    await using server = await served("/api");
    expect(await server.ask("/api/graphql")).toMatchObject({
      status: 404,
      errors: [
        { message: expect.stringMatching(/^There is nothing at \/api\/graphql: the gateway answers at \/graphql,/) },
      ],
    });
  });
});
