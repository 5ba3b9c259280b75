/**
 * A cell of CSV. What a spreadsheet would take for a formula begins with `'`, also behind a semicolon: where that separates cells, it
 * does so within quotes that do not begin the cell.
 */
export function csvCell(text: string): string {
  const harmless = text.replace(/(^|;)(?=\s*[=+\-@＝＋－＠])/g, "$1'");
  return `"${harmless.replaceAll('"', '""')}"`;
}
