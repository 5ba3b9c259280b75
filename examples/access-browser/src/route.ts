import { useSyncExternalStore } from "react";

/** What the part of the address behind `#` says: `#/accounts/023e…/groups?search=ops`. */
export interface Route {
  path: readonly string[];
  query: Readonly<Record<string, string>>;
}

/** The address of a screen. Without a value, a name of the query is left out. */
export function href(path: readonly string[], query: Record<string, string | undefined> = {}): string {
  const named = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const search = new URLSearchParams(named).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${search && `?${search}`}`;
}

/** Goes to a screen. */
export function go(path: readonly string[], query?: Record<string, string | undefined>): void {
  location.hash = href(path, query);
}

/** Reads an address. One that was written wrongly is that of the first screen. */
export function routeOf(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  try {
    const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
    return { path: parts, query: Object.fromEntries(new URLSearchParams(search)) };
  } catch {
    return { path: [], query: {} };
  }
}

const listeners = new Set<() => void>();

// All at once: between listeners of its own event the browser would let React render, and the screen that is left would ask for more.
addEventListener("hashchange", () => {
  for (const listener of listeners) listener();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The screen that the address names. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return routeOf(hash);
}
