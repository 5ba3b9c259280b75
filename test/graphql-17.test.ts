import { createRequire } from "node:module";
import { version } from "graphql";
import { expect, test } from "vitest";
import { schema } from "../src/graph/schema.ts";

test("the sources and their libraries have one graphql, and it is version 17", async () => {
  expect(version).toMatch(/^17\./);
  const { GraphQLSchema } = createRequire(import.meta.resolve("graphql-yoga"))("graphql");
  expect(schema).toBeInstanceOf(GraphQLSchema);
});
