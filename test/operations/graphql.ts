export * from "../../src/operations.ts";
