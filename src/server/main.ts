#!/usr/bin/env node

/** The oldest Node that this runs on: `engines` of package.json. */
const [major, minor] = [22, 19];

const [ownMajor = 0, ownMinor = 0] = process.versions.node.split(".").map(Number);

// They call themselves Node, too. On them a program serves `gateway.fetch`: the bounds of our own server are those of `node:http`.
const { bun, deno } = process.versions;
const runtime = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${process.versions.node}`;
const old = ownMajor < major || (ownMajor === major && ownMinor < minor);

// Nothing is imported before this was looked at: what is imported fails elsewhere and on an older Node, with a stack.
if (bun || deno || old) {
  console.error(`cloudflare-iam-graphql needs Node ${major}.${minor} or later; this is ${runtime}.`);
  process.exitCode = 1;
} else {
  // A second start compiles nothing again. Where nothing can be written it does nothing.
  process.getBuiltinModule("node:module").enableCompileCache();
  void import("./command-line.ts").then(({ run }) => run(process.argv.slice(2), process.env));
}
