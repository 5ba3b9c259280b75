import { visit } from "jsonc-parser";
import { checkOptions, OptionsError } from "../../options.ts";
import { type CallerRule, callersFile } from "./rules.ts";

/**
 * Reads the rules from the text of a file; `name` is the setting's. Throws `OptionsError` with a line for each problem. A
 * text that is no JSON is not repeated: it may be another file than was meant.
 */
export function parseRules(text: string, name: string): readonly CallerRule[] {
  const given = parsed(text, name);
  const twice = keysGivenTwice(text).map(({ key, within, line, column }) => {
    const object = within === "" ? name : `${name}: \`${within}\``;
    return `${object} has the key ${JSON.stringify(key.slice(0, 80))} twice, again at line ${line}, column ${column}.`;
  });
  if (twice.length > 0) throw new OptionsError(twice.join("\n"));
  checkOptions(name, callersFile, given);
  return (given as { rules: readonly CallerRule[] }).rules;
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [at] = /line \d+ column \d+/.exec(String(error)) ?? [];
    throw new OptionsError(`${name} is not JSON${at ? ` at ${at}` : ""}.`);
  }
}

/** A key that its object has already. */
interface RepeatedKey {
  key: string;
  /** The path of the object, by dots. */
  within: string;
  /** From 1. */
  line: number;
  column: number;
}

/** Keys that stand twice in one object, of a text that is JSON. `JSON.parse` takes the last one and says nothing. */
function keysGivenTwice(text: string): RepeatedKey[] {
  const objects: Set<string>[] = [];
  const found: RepeatedKey[] = [];
  visit(text, {
    onObjectBegin: () => void objects.push(new Set()),
    onObjectEnd: () => void objects.pop(),
    onObjectProperty: (key, _offset, _length, line, column, path) => {
      const keys = objects.at(-1);
      if (keys?.has(key)) found.push({ key, within: path().join("."), line: line + 1, column: column + 1 });
      keys?.add(key);
    },
  });
  return found;
}
