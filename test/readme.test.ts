import { existsSync, readdirSync } from "node:fs";
import { type GraphQLField, getNamedType, isInterfaceType, isNonNullType, isObjectType, isUnionType } from "graphql";
import { describe } from "vitest";
import { withExamples } from "../example-blocks.ts";
import { withSettingsTable } from "../settings-table.ts";
import { accounts, members, permissionGroups, userGroups } from "../src/cloudflare/index.ts";
import { MAX_ERRORS } from "../src/execution/answer-limits.ts";
import type { Code } from "../src/graph/error.ts";
import { schema } from "../src/graph/schema.ts";
import { MAX_NAME_LENGTH, MAX_NESTING, MAX_VARIABLES_DEPTH, MAX_VARIABLES_ITEMS } from "../src/server/limits.ts";
import { describeSettings } from "../src/server/settings.ts";
import { cloudflareQuota } from "../src/upstream/budget.ts";
import { account, expect, setup, test } from "./gateway.ts";
import { blocksOf, readPage } from "./markdown.ts";
import { FullGraphDocument } from "./operations/graphql.ts";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "AGENTS.md",
  "CLAUDE.md",
  ".github/pull_request_template.md",
  "bench/README.md",
  "docs/observability.md",
  "docs/reliability.md",
  "docs/running.md",
];
const readme = readPage("README.md");
const json = blocksOf(readme).filter(({ language }) => language === "json");

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

test("its excerpts of the examples stand there to the letter", () => {
  const excerpts = blocksOf(readme).flatMap(({ code }) => {
    const [, file, text = ""] = /^\/\/ from (examples\/\S+)\n(.*)$/s.exec(code) ?? [];
    return file ? text.split("// …\n").map((part) => [file, part] as const) : [];
  });
  expect(excerpts.length).toBeGreaterThan(8);
  for (const [file, part] of excerpts) expect(readPage(file), file).toContain(part);
});

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
  test("example operations: the comments of schema/operations", () => {
    const files = readdirSync(new URL("../schema/operations/", import.meta.url)).toSorted();
    const operations = files.map((file) => {
      const text = readPage(`schema/operations/${file}`);
      const comment = Array.from(text.matchAll(/^# (.+)$/gm), ([, line = ""]) => line);
      const name = /^(?:query|mutation|subscription) (\w+)/m.exec(text)?.[1];
      return [`[${name}](schema/operations/${file})`, comment.slice(0, -1).join(" "), comment.at(-1)];
    });
    expect(
      table("| operation | what it shows | what it costs |"),
      "README.md, “Example operations”: a row for each file of schema/operations/, in the words of its comment",
    ).toEqual(operations);
  });

  test("settings: the table is what `npm run codegen` makes of them", () => {
    expect(withSettingsTable(readme), "README.md: run `npm run codegen`").toBe(readme);
    for (const { name, allowed, description } of describeSettings()) {
      expect([allowed, description], `${name} in src/server/settings.ts`).not.toContain("");
      expect(allowed, `${name} in src/server/settings.ts: say what is allowed`).not.toContain("Invalid input");
    }
  });

  test("writes: every mutation, once", () => {
    const shown = table("| mutation | REST calls, beside what the selection asks further |");
    const names = shown.flatMap(([cell = ""]) => Array.from(cell.matchAll(/`(\w+)`/g), ([, name]) => name));
    expect(names.toSorted(), "README.md, “Writing safely”: the table of mutations").toEqual(
      Object.keys(schema.getMutationType()?.getFields() ?? {}).toSorted(),
    );
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
      NOT_CACHED: true,
      PERSISTED_QUERY_NOT_SUPPORTED: true,
      PERSISTED_QUERY_NOT_FOUND: true,
      INTERNAL_SERVER_ERROR: true,
    } satisfies Record<Code, true>;
    const shown = table("| code | when | what to do |").map(([code]) => code);
    expect(shown, "README.md, “Errors”: a row for each code of src/graph/error.ts").toEqual(
      Object.keys(codes).map((code) => `\`${code}\``),
    );
  });
});

test("its rules of callers are the example's", () => {
  expect(json[0]?.code).toBe(readPage("examples/callers.json"));
});

test("its servers are those of `examples/`, to the letter", () => {
  expect(withExamples(readme), "README.md: run `npm run codegen`").toBe(readme);
  const named = Array.from(readme.matchAll(/^\/\/ examples\/(\w[\w-]*)\/.*$/gm), ([, name]) => name);
  const hosts = readdirSync(new URL("../examples", import.meta.url)).filter((name) =>
    existsSync(new URL(`../examples/${name}/server.test.ts`, import.meta.url)),
  );
  expect([...new Set(named)].toSorted(), "README.md, “Inside a server of your own”: a block of each").toEqual(
    expect.arrayContaining(hosts),
  );
});

test("its fixed limits are those of the code", () => {
  const fixed = [
    `${MAX_NESTING} deep (\`MAX_NESTING\`)`,
    `${MAX_NAME_LENGTH} characters (\`MAX_NAME_LENGTH\`)`,
    `${MAX_VARIABLES_ITEMS.toLocaleString("en")} keys and items (\`MAX_VARIABLES_ITEMS\`)`,
    `${MAX_VARIABLES_DEPTH} levels (\`MAX_VARIABLES_DEPTH\`)`,
    `more than ${MAX_ERRORS.toLocaleString("en")} fields fail`,
    `more than ${MAX_ERRORS.toLocaleString("en")} errors`,
    `${cloudflareQuota.units.toLocaleString("en")} per user per five minutes`,
  ];
  for (const words of fixed)
    expect(readme.replace(/\s+/g, " "), "README.md, “How large a request may be” and “Errors”").toContain(words);
  expect(cloudflareQuota.seconds).toBe(300);
});

test("its page sizes are those of the endpoints", () => {
  const costs = table("| what is asked | REST calls |");
  const per = (what: string) =>
    Number(/per (\d+)/.exec(costs.find(([asked]) => asked?.startsWith(what))?.[1] ?? "")?.[1]);
  expect(per("`accounts`")).toBe(accounts.list.perPage.max);
  expect(per("`accounts`")).toBe(members.list.perPage.max);
  expect(per("`accounts`")).toBe(permissionGroups.list.perPage.max);
  expect(per("`userGroups`")).toBe(userGroups.list.perPage.max);
  expect(per("`members { revision }`")).toBe(userGroups.members.list.perPage.max);
});

test("its error is what a wrong token gives", async ({ run }) => {
  const { errors } = await run("{ accounts { nodes { name } } }", {}, { authorization: "Bearer wrong" });
  const [{ locations, ...error } = {}] = errors ?? [];
  expect(locations).toBeDefined();
  expect(JSON.parse(json[4]?.code ?? "")).toEqual(error);
});

test("its plan is FullGraph's", async () => {
  const { run } = setup({}, undefined, { explain: true, quota: cloudflareQuota });
  const headers = { authorization: "Bearer sandbox-admin", "x-upstream-explain": "plan" };
  const { upstream } = await run(FullGraphDocument, { account }, headers);
  expect(JSON.parse(json[1]?.code ?? "")).toEqual(upstream);
});

test("its refusal is what comes of too small a limit", async () => {
  const { run } = setup({}, undefined, { maxCalls: 10 });
  const { errors } = await run(FullGraphDocument, { account });
  const [{ locations, ...error } = {}] = errors ?? [];
  expect(locations).toBeDefined();
  expect(JSON.parse(json[2]?.code ?? "")).toEqual(error);
});

test("its refusal of a request that is too large is what comes of one alias too many", async ({ run }) => {
  const aliases = Array.from({ length: 201 }, (_, i) => `a${i}: id`).join(" ");
  const { errors, status } = await run(`{ node(id: "x") { ${aliases} } }`);
  expect(status).toBe(400);
  expect(JSON.parse(json[3]?.code ?? "")).toEqual(errors?.[0]);
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
    const resources = isInterfaceType(node) ? schema.getPossibleTypes(node) : [];
    const ways = resources.flatMap((resource) =>
      Object.values(resource.getFields())
        .filter(({ args }) => !args.some(({ type }) => isNonNullType(type)))
        .flatMap((field) => targets(field).map((to) => [resource.name, field.name, to]))
        .filter(([, , to]) => resources.some(({ name }) => name === to)),
    );
    expect(ways.length).toBeGreaterThan(8);
    const how = "README.md, “The model”: draw the edge `Account -->|field| Entity`";
    expect(edges, how).toEqual(expect.arrayContaining(ways));
  });
});

describe.each(pages)("%s", (page) => {
  const text = readPage(page);

  test("links to files that exist", () => {
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(new URL(link, new URL(`../${page}`, import.meta.url))), link).toBe(true);
    }
  });

  test("names scripts that exist", () => {
    const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> };
    for (const [, run, script] of text.matchAll(/npm (?:run ([\w:]+)|(test|start)\b)/g)) {
      expect(Object.keys(scripts)).toContain(run ?? script);
    }
  });

  test("has commands of known programs only, and those of Node are of files that exist", () => {
    for (const { language, code } of blocksOf(text)) {
      if (language !== "sh" || page === "README.md") continue;
      const whole = code.trim().replaceAll(/\\\n\s*/g, "");
      for (const line of whole.split(/\n| && /)) {
        const command = line.replace(/^(\w+=\S+ )+/, "");
        expect(command).toMatch(/^(npm (ci|install|test|start|run)|node|docker (build|run))\b/);
        const [, file] = /^node (?!--)(\S+)/.exec(command) ?? [];
        if (file) expect(existsSync(new URL(`../${file}`, import.meta.url)), file).toBe(true);
      }
    }
  });
});
