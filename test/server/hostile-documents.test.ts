import { parse, specifiedRules, validate } from "graphql";
import { afterAll, beforeAll, describe } from "vitest";
import { hostileDocuments } from "../../bench/hostile-documents.ts";
import { schema } from "../../src/graph/schema.ts";
import { scan } from "../../src/server/document-scan.ts";
import { checkSize, sizeOf } from "../../src/server/document-size.ts";
import { linearRules, MAX_ERRORS } from "../../src/server/documents.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { expect, test } from "../gateway.ts";
import { type Listening, listening } from "./listening.ts";

/** Milliseconds of processor time; `bench/documents.ts` has the figures of a quiet machine, which are some ten. */
const MOST = 250;

function looked(query: string): number {
  const started = process.threadCpuUsage();
  scan(query, defaultLimits);
  const document = parse(query);
  checkSize(sizeOf(document), defaultLimits);
  validate(schema, document, linearRules(specifiedRules), { maxErrors: MAX_ERRORS });
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1000;
}

describe("the worst documents within the limits are parsed and validated at once", () => {
  // Whatever is worked out once for the schema, and compiled once by the engine, is.
  beforeAll(() => {
    for (const [, query] of hostileDocuments.slice(0, 3)) looked(query);
  });

  test.for(hostileDocuments)("%s", ([, query]) => {
    expect(Math.min(looked(query), looked(query))).toBeLessThan(MOST);
  });
});

describe("they are answered, whatever is wrong with them", () => {
  let here = {} as Listening;
  beforeAll(async () => {
    here = await listening();
  });
  afterAll(() => here.close());

  test.for(hostileDocuments)("%s", async ([, query]) => {
    // With a credential that Cloudflare does not know: what they cost to run is another matter.
    const { status, error } = await here.ask({ query }, "Bearer nobody");
    expect(status).toBeLessThan(500);
    expect(["INTERNAL_SERVER_ERROR", "LIMIT_EXCEEDED"]).not.toContain(error?.code);
  });
});
