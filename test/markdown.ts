import { readFileSync } from "node:fs";

/** A fenced block of a page. */
export interface Block {
  language: string;
  /** What stands between the fences, to the letter. */
  code: string;
}

/** A page of the repository, by its path from the root. */
export function readPage(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
}

/** All fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  return Array.from(page.matchAll(/^```(\w*)\n(.*?)^```$/gms), ([, language = "", code = ""]) => ({ language, code }));
}
