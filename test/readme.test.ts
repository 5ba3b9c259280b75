import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type GraphQLField, getNamedType, isInterfaceType, isNonNullType, isObjectType, isUnionType } from "graphql";
import { describe } from "vitest";
import { cloudflareQuota } from "../src/budget.ts";
import type { Code } from "../src/graph/error.ts";
import { schema } from "../src/graph/schema.ts";
import { readSettings } from "../src/settings.ts";
import { account, expect, stage, test } from "./gateway.ts";
import { FullGraphDocument } from "./operations/graphql.ts";

const pages = ["README.md", "CONTRIBUTING.md", "AGENTS.md", "CLAUDE.md", ".github/pull_request_template.md"];
const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
const readme = read("README.md");

/** The cells of the table under a header, row by row. */
function table(header: string): string[][] {
  const [, rows = ""] = readme.split(`${header}\n`);
  const lines = rows.split("\n").slice(1);
  return lines.slice(0, lines.indexOf("")).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** Fenced blocks of one language. */
function blocks(language: string): string[] {
  return Array.from(readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms")), ([, code = ""]) => code);
}

test("it opens with the two lines that a newcomer needs", () => {
  const [title, , ...rest] = readme.split("\n");
  expect(title).toBe("# cloudflare-iam-graphql");
  expect(rest.slice(0, 4).map((line) => line.replace(/ +#.*/, ""))).toEqual([
    "```sh",
    "npm ci && npm run dev",
    "npm ci && npm test",
    "```",
  ]);
});

describe("its tables are those of the code", () => {
  test("stories: the comments of schema/operations", () => {
    const files = readdirSync(new URL("../schema/operations/", import.meta.url)).toSorted();
    const stories = files.map((file) => {
      const text = read(`schema/operations/${file}`);
      const comment = Array.from(text.matchAll(/^# (.+)$/gm), ([, line = ""]) => line);
      const name = /^(?:query|mutation) (\w+)/m.exec(text)?.[1];
      return [`[${name}](schema/operations/${file})`, comment.slice(0, -1).join(" "), comment.at(-1)];
    });
    expect(table("| story | what it shows | what it costs |")).toEqual(stories);
  });

  test("settings: names and defaults, in the words that may be set", () => {
    const shown = table("| setting | default | allowed | what for |");
    const set = shown.map(
      (cells) => cells.slice(0, 2).map((cell) => cell.replace(/^`(.+)`$/, "$1")) as [string, string],
    );
    expect(set.map(([name]) => name)).toEqual(Object.keys(readSettings({})));
    expect(readSettings(Object.fromEntries(set))).toEqual(readSettings({}));
  });

  test("errors: every code, and no other", () => {
    const codes = {
      UNAUTHENTICATED: true,
      FORBIDDEN: true,
      NOT_FOUND: true,
      BAD_USER_INPUT: true,
      LIMIT_EXCEEDED: true,
      RATE_LIMITED: true,
      TIMEOUT: true,
      UPSTREAM_ERROR: true,
      UPSTREAM_INVALID: true,
      UPSTREAM_UNAVAILABLE: true,
      TOO_EXPENSIVE: true,
      PERSISTED_QUERY_NOT_SUPPORTED: true,
      INTERNAL_SERVER_ERROR: true,
    } satisfies Record<Code, true>;
    const shown = table("| code | when | what to do |").map(([code]) => code);
    expect(shown).toEqual(Object.keys(codes).map((code) => `\`${code}\``));
  });
});

test("its error is what a wrong token gives", async ({ run }) => {
  const { errors } = await run("{ accounts { nodes { name } } }", {}, { authorization: "Bearer wrong" });
  const [{ locations, ...error } = {}] = errors ?? [];
  expect(locations).toBeDefined();
  expect(JSON.parse(blocks("json")[3] ?? "")).toEqual(error);
});

test("its plan is FullGraph's", async () => {
  const { run } = stage({}, undefined, { explain: true, quota: cloudflareQuota });
  const headers = { authorization: "Bearer sandbox-admin", "x-upstream-explain": "plan" };
  const { upstream } = await run(FullGraphDocument, { account }, headers);
  expect(JSON.parse(blocks("json")[0] ?? "")).toEqual(upstream);
});

test("its refusal is what comes of too small a limit", async () => {
  const { run } = stage({}, undefined, { maxCalls: 10 });
  const { errors } = await run(FullGraphDocument, { account });
  const [{ locations, ...error } = {}] = errors ?? [];
  expect(locations).toBeDefined();
  expect(JSON.parse(blocks("json")[1] ?? "")).toEqual(error);
});

test("its refusal of a request that is too large is what comes of one alias too many", async ({ run }) => {
  const aliases = Array.from({ length: 201 }, (_, i) => `a${i}: id`).join(" ");
  const { errors, status } = await run(`{ node(id: "x") { ${aliases} } }`);
  expect(status).toBe(400);
  expect(JSON.parse(blocks("json")[2] ?? "")).toEqual(errors?.[0]);
});

describe("its diagram", () => {
  const edges = Array.from(readme.matchAll(/^ {2}(\w+) -->\|(\w+)\| (\w+)$/gm), (found) => found.slice(1));

  /** What a field leads to: rows of a connection, types of a union. */
  function targets(field: GraphQLField<unknown, unknown> | undefined): string[] {
    const type = field && getNamedType(field.type);
    if (isUnionType(type)) return type.getTypes().map(({ name }) => name);
    const rows = isObjectType(type) && type.name.endsWith("Connection") ? type.getFields().nodes : undefined;
    return rows ? targets(rows) : type ? [type.name] : [];
  }

  test("draws fields of the schema", () => {
    expect(edges.length).toBeGreaterThan(10);
    for (const [from = "", name = "", to] of edges) {
      const type = schema.getType(from);
      expect(isObjectType(type) && targets(type.getFields()[name]), `${from}.${name}`).toContain(to);
    }
  });

  test("draws every way from one node to another, look-ups by id aside", () => {
    const node = schema.getType("Node");
    const nouns = isInterfaceType(node) ? schema.getPossibleTypes(node) : [];
    const ways = nouns.flatMap((noun) =>
      Object.values(noun.getFields())
        .filter(({ args }) => !args.some(({ type }) => isNonNullType(type)))
        .flatMap((field) => targets(field).map((to) => [noun.name, field.name, to]))
        .filter(([, , to]) => nouns.some(({ name }) => name === to)),
    );
    expect(ways.length).toBeGreaterThan(8);
    expect(edges).toEqual(expect.arrayContaining(ways));
  });
});

describe("its examples run as they stand", () => {
  const [embedding = "", transport = "", testing = ""] = blocks("ts");

  /** Runs code with the sources in the package's place. */
  async function output(code: string): Promise<string> {
    const source = code.replace('"cloudflare-iam-graphql"', '"./src/index.ts"');
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module-typescript", "-e", source]);
    return stdout;
  }

  test("inside a server, as a Fetch handler and as a listener", async () => {
    const ask = `
      import { once } from "node:events";
      const answers = [await handler(new Request("http://gateway/iam?query={__typename}"))];
      const server = createServer(gateway).listen(0);
      await once(server, "listening");
      answers.push(await fetch("http://127.0.0.1:" + server.address().port + "/iam?query={__typename}"));
      for (const answer of answers) console.log(await answer.text());
      process.exit();`;
    expect(embedding).toContain("createServer(gateway).listen(3000);");
    const printed = await output(embedding.replace(/^createServer.*$/m, "") + ask);
    expect(printed).toBe('{"data":{"__typename":"Query"}}\n'.repeat(2));
  });

  test("with a transport of five lines", async () => {
    const ask = `
      import { createSandbox } from "./src/index.ts";
      const { url, close } = await createSandbox().listen();
      const real = fetch;
      globalThis.fetch = (at, init) => real(at.replace("https://api.cloudflare.com/client/v4", url), init);
      const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };
      const body = JSON.stringify({ query: "{ accounts(first: 1) { nodes { name } } }" });
      console.log(await (await gateway.fetch("http://gateway/graphql", { method: "POST", headers, body })).text());
      await close();`;
    expect(await output(transport + ask)).toBe('{"data":{"accounts":{"nodes":[{"name":"Acme"}]}}}\n');
  });

  test("in a test, printing what its comments say", async () => {
    const comments = Array.from(testing.matchAll(/^\/\/ (.*)$/gm), ([, line = ""]) => `${line}\n`);
    expect(comments.length).toBe(2);
    expect(await output(testing)).toBe(comments.join(""));
  });
});

describe.each(pages)("%s", (page) => {
  const text = read(page);

  test("links to files that exist", () => {
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(new URL(`../${link}`, import.meta.url)), link).toBe(true);
    }
  });

  test("names scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const [, run, script] of text.matchAll(/npm (?:run (\w+)|(test|start)\b)/g)) {
      expect(scripts).toHaveProperty(run ?? script ?? "");
    }
  });
});
