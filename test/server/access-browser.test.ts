import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { accessBrowser } from "../../src/server/access-browser.ts";
import { listening } from "./raw-http.ts";

/** A folder as that of the example, and a server that has nothing but it. */
async function setup() {
  const folder = mkdtempSync(join(tmpdir(), "access-browser-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const application = accessBrowser(pathToFileURL(`${folder}/`));
  const server = await listening((request, response) => {
    if (!application?.answer(request, response)) response.writeHead(404).end();
  });
  const build = () => {
    mkdirSync(join(folder, "dist/assets"), { recursive: true });
    writeFileSync(join(folder, "dist/index.html"), "<!doctype html>");
    writeFileSync(join(folder, "dist/icon.svg"), "<svg/>");
    writeFileSync(join(folder, "dist/assets/index-Ab_1-x.js"), "let a");
    writeFileSync(join(folder, "dist/assets/index-Ab_1-x.css"), "a{}");
    writeFileSync(join(folder, "dist/assets/secret.txt"), "secret");
    writeFileSync(join(folder, "secret.js"), "secret");
  };
  return { application, build, server, url: `http://127.0.0.1:${server.port}` };
}

test("the example application is served at / as soon as it is built, under a policy without inline scripts", async () => {
  const { application, build, server, url } = await setup();
  await using _ = server;
  expect((await fetch(url)).status).toBe(404);
  expect(application?.line(url)).toBe("Access   not built: npm run examples -- --build access-browser");
  build();
  expect(application?.line(url)).toBe(`Access   ${url}/  (who may do what)`);
  const page = await fetch(url);
  expect(page.status).toBe(200);
  expect(await page.text()).toBe("<!doctype html>");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy");
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
  expect(policy).not.toContain("unsafe");
  for (const [path, type] of [
    ["/assets/index-Ab_1-x.js", "text/javascript"],
    ["/assets/index-Ab_1-x.css", "text/css"],
    ["/icon.svg", "image/svg+xml"],
  ]) {
    const response = await fetch(url + path);
    expect(response.headers.get("content-type")).toContain(type);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  }
  const head = await fetch(url, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("no other file and no other method is answered", async () => {
  const { build, server, url } = await setup();
  await using _ = server;
  build();
  expect((await fetch(url, { method: "POST" })).status).toBe(404);
  for (const path of [
    "/assets/secret.txt",
    "/assets/missing.js",
    "/secret.js",
    "/../secret.js",
    "/assets/../../secret.js",
    "/assets/%2e%2e/%2e%2e/secret.js",
    "//secret.js",
    "/index.html",
  ]) {
    const answer = await server.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(answer?.status, path).toBe(404);
  }
});

test("a folder that is not there, as in the published package, is no application", () => {
  expect(accessBrowser(new URL("missing/", import.meta.url))).toBeUndefined();
});
