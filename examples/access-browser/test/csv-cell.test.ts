import assert from "node:assert/strict";
import { test } from "node:test";
import { csvCell } from "../src/csv-cell.ts";
import { report } from "./setup.ts";

report("access browser: cells of CSV");

const signs = ["=", "+", "-", "@", "＝", "＋", "－", "＠"];

test("what is no formula is left as it is", () => {
  for (const text of ["DNS Operators", "", "a=b", "5 - 3", "ops@acme.example", "'=1", "DNS; Cache"]) {
    assert.equal(csvCell(text), `"${text}"`);
  }
});

test("quotes are doubled, and hold commas and line breaks", () => {
  assert.equal(csvCell('the "ops", all\nof them'), '"the ""ops"", all\nof them"');
  assert.equal(csvCell('=HYPERLINK("//evil")'), `"'=HYPERLINK(""//evil"")"`);
});

test("= + - @ and their full-width forms begin no formula", () => {
  for (const sign of signs) assert.equal(csvCell(`${sign}1`), `"'${sign}1"`);
});

test("nor do they behind spaces", () => {
  for (const sign of signs) {
    for (const space of [" ", "  ", "\t", "\r", "\n", "\u00A0", "\u3000"]) {
      assert.equal(csvCell(`${space}${sign}1`), `"'${space}${sign}1"`);
    }
  }
});

test("nor behind a semicolon, where that separates cells", () => {
  for (const sign of signs) {
    assert.equal(csvCell(`;${sign}1`), `";'${sign}1"`);
    assert.equal(csvCell(`a;${sign}1; ${sign}2`), `"a;'${sign}1;' ${sign}2"`);
  }
});
