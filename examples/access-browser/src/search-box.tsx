import { AddressInput } from "./address-input";
import { go, useRoute } from "./route";

/** Searches the list of the screen, when the reader says so: each search costs calls. */
export function SearchBox({ label }: { label: string }) {
  const { path, query } = useRoute();
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(path, { search: String(new FormData(event.currentTarget).get("search") ?? "").trim() });
        }}
      >
        <AddressInput label={label} name="search" type="search" value={query.search ?? ""} />
        <button type="submit">Search</button>
      </form>
    </search>
  );
}
