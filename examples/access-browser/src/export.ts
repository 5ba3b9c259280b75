import { csvCell } from "./csv-cell";
import { columns, type Path } from "./paths";
import { shownText } from "./shown-text";

/** The columns' names, as the table and the files have them. */
export const titles = {
  person: "Person",
  group: "Group",
  policy: "Policy",
  permission: "Permission",
  resource: "Resource",
} as const;

/** A path as cells, hidden characters shown. */
export function cellsOf(path: Path): string[] {
  return columns.map((column) => shownText(path[column]?.name ?? "(none)"));
}

/** Paths as plain text, a line for each. What is missing stands before them. */
export function asText(paths: readonly Path[], missing: readonly string[] = []): string {
  const notice = missing.map((each) => `Not all paths are here: ${shownText(each)}.\n`).join("");
  return notice + paths.map((path) => `${cellsOf(path).join(" → ")}\n`).join("");
}

/** Paths as CSV (RFC 4180), with a line of titles. */
export function asCsv(paths: readonly Path[]): string {
  const lines = [columns.map((column) => titles[column]), ...paths.map(cellsOf)];
  return lines.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

/** Gives the reader a file. */
export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
