#!/usr/bin/env node

/** The oldest Node that this runs on: `engines` of package.json. */
const [major, minor] = [22, 19];

const [ownMajor = 0, ownMinor = 0] = process.versions.node.split(".").map(Number);

// Nothing is imported before this was looked at: what is imported fails on an older Node, with a stack.
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(`cloudflare-iam-graphql needs Node ${major}.${minor} or later; this is Node ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  // A second start compiles nothing again. Where nothing can be written it does nothing.
  process.getBuiltinModule("node:module").enableCompileCache();
  void import("./command-line.ts").then(({ run }) => run(process.argv.slice(2), process.env));
}
