import { execFileSync } from "node:child_process";

/** Builds GraphiQL's page where its sources have changed, for the tests that serve it. */
export default function buildGraphiql(): void {
  execFileSync(process.execPath, ["build-graphiql.ts", "--if-changed"], { stdio: "inherit" });
}
