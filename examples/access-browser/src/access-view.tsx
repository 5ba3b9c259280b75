import { useState } from "react";
import { asCsv, asText, download, titles } from "./export";
import { columns, type Path } from "./paths";
import { Picture } from "./picture";
import { Text } from "./text";

/** Records above which a table says more than a picture; also those of one page of the table. */
const MANY = 200;

/** What the paths lack, as sentences; those that are no sentence are left out. */
type Missing = readonly (string | false | null | undefined)[];

/**
 * Paths as a picture or as a table, as the reader prefers; of many, the table first. Files of them have that name. What is missing
 * stands above them; their files are named as partial then, and one of text begins with it.
 */
export function AccessView({ paths, name, missing = [] }: { paths: readonly Path[]; name: string; missing?: Missing }) {
  const [chosen, choose] = useState<"picture" | "table">();
  const sentences = missing.flatMap((each) => each || []);
  const notice = sentences.length > 0 && (
    <p role="note">
      Not all paths are here: <Text of={sentences.join("; ")} />.
    </p>
  );
  if (paths.length === 0) return notice || <p>There is no path.</p>;
  const shown = chosen ?? (paths.length > MANY ? "table" : "picture");
  const file = notice ? `${name}-partial` : name;
  return (
    <div>
      {notice}
      <div className="tools">
        {(["picture", "table"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={shown === each} onClick={() => choose(each)}>
            {each === "picture" ? "Picture" : "Table"}
          </button>
        ))}
        <button
          type="button"
          onClick={() => download(`${file}.txt`, "text/plain;charset=utf-8", asText(paths, sentences))}
        >
          Text file
        </button>
        <button type="button" onClick={() => download(`${file}.csv`, "text/csv;charset=utf-8", asCsv(paths))}>
          CSV file
        </button>
      </div>
      {shown === "picture" ? <Picture paths={paths} /> : <Table paths={paths} name={name} />}
    </div>
  );
}

function Table({ paths, name }: { paths: readonly Path[]; name: string }) {
  const [length, setLength] = useState(MANY);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label={`Paths: ${name}`}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {titles[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {paths.slice(0, length).map((path) => (
              <tr key={columns.map((column) => path[column]?.key).join("\n")} className={path.access ?? ""}>
                {columns.map((column) => (
                  <Cell key={column} of={path[column]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p>
        {Math.min(length, paths.length)} of {paths.length} paths.{" "}
        {length < paths.length && (
          <button type="button" onClick={() => setLength(length + MANY)}>
            Show {Math.min(MANY, paths.length - length)} more
          </button>
        )}
      </p>
    </>
  );
}

function Cell({ of }: { of: Path["person"] | null }) {
  if (!of) return <td className="quiet">(none)</td>;
  return <td>{of.href ? <a href={of.href}>{<Text of={of.name} />}</a> : <Text of={of.name} />}</td>;
}
