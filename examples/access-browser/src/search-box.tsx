import { go, useRoute } from "./route";

/** Searches the list of the screen, when the reader says so: each search costs calls. */
export function SearchBox({ label }: { label: string }) {
  const { path, query } = useRoute();
  return (
    <search>
      <form
        key={query.search ?? ""}
        onSubmit={(event) => {
          event.preventDefault();
          go(path, { search: String(new FormData(event.currentTarget).get("search") ?? "").trim() });
        }}
      >
        <label>
          {label} <input name="search" type="search" defaultValue={query.search ?? ""} />
        </label>
        <button type="submit">Search</button>
      </form>
    </search>
  );
}
