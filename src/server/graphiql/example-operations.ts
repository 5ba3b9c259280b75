import { readdir, readFile } from "node:fs/promises";

/** A tab of GraphiQL. */
export interface Tab {
  query: string;
  variables?: Record<string, unknown>;
}

const folder = new URL("../../../schema/operations/", import.meta.url);

/**
 * The numbered example operations of `schema/operations` as tabs. Variables that must be given are filled in, so that the tab runs
 * at one click: with the value under `Operation.variable` or `variable`, or with `<variable>` where there is none.
 */
export async function exampleOperations(values: Record<string, unknown> = {}): Promise<Tab[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".graphql")).sort();
  const queries = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
  return queries.map((text) => {
    const query = text.trim();
    const [, operation] = /^(?:query|mutation|subscription) (\w+)/m.exec(query) ?? [];
    const variables = Array.from(query.matchAll(/\$(\w+): ([\w[\]!]+)!(?! *=)/g), ([, name = "", type = ""]) => [
      name,
      values[`${operation}.${name}`] ?? values[name] ?? (type.endsWith("Input") ? {} : `<${name}>`),
    ]);
    return { query, ...(variables.length > 0 && { variables: Object.fromEntries(variables) }) };
  });
}
