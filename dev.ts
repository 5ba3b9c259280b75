import { spawn } from "node:child_process";

// `npm run dev`: the process as `npm start` starts it, and beside it the build of GraphiQL's page, where its sources have changed.
spawn(process.execPath, ["build-graphiql.ts", "--if-changed"], { stdio: "inherit" });
await import("./src/server/main.ts");
