import { readFileSync, writeFileSync } from "node:fs";

/** A block of code whose first line names a file of `examples/`. */
const block = /^```(\w+)\n\/\/ (examples\/\S+)\n.*?^```$/gms;

/** A page whose blocks that name an example in their first line have its text below it. */
export function withExamples(page: string): string {
  const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  return page.replace(block, (_, language, path) => `\`\`\`${language}\n// ${path}\n${textOf(path)}\`\`\``);
}

// `npm run codegen`
if (import.meta.main) {
  const readme = new URL("README.md", import.meta.url);
  writeFileSync(readme, withExamples(readFileSync(readme, "utf8")));
}
