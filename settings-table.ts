import { readFileSync, writeFileSync } from "node:fs";
import { describeSettings } from "./src/server/settings.ts";

const header = "| setting | default | allowed | what for |\n| --- | --- | --- | --- |\n";

/** The table of settings as README.md has it. */
function settingsTable(): string {
  const rows = describeSettings().map(({ name, default: value, allowed, description }) => {
    const cells = [`\`${name}\``, value && `\`${value}\``, allowed, description];
    return `|${cells.map((cell) => (cell ? ` ${cell} ` : " ")).join("|")}|\n`;
  });
  return header + rows.join("");
}

/** A page with its table of settings replaced by the one that they make. */
export function withSettingsTable(page: string): string {
  const start = page.indexOf(header);
  const end = page.indexOf("\n\n", start) + 1;
  return page.slice(0, start) + settingsTable() + page.slice(end);
}

// `npm run codegen`
if (import.meta.main) {
  const readme = new URL("README.md", import.meta.url);
  writeFileSync(readme, withSettingsTable(readFileSync(readme, "utf8")));
}
