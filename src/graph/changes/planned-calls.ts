import { type Endpoint, placeholders } from "../../cloudflare/endpoint.ts";
import { withoutPlaceholders } from "./placeholders.ts";

/** A call that applying a change makes. */
export interface PlannedCall {
  change: number;
  method: string;
  /** With IDs; what an earlier change creates is named `#0`. */
  path: string;
  body?: unknown;
  /** How many calls it is: a list of several pages is read page by page. */
  count: number;
}

/** A path with its IDs, and whatever else is asked of a list. */
export function pathOf({ route }: Endpoint, params: Readonly<Record<string, unknown>>): string {
  const [, template = ""] = route.split(" ");
  const names = new Set(placeholders(route));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
  const query = Object.entries(params).filter(([name, value]) => !names.has(name) && value !== undefined);
  const text = new URLSearchParams(query.map(([name, value]) => [name, String(value)])).toString();
  return withoutPlaceholders(text ? `${path}?${text}` : path);
}

/** Notes the calls that changes would make: a read is made once, until a write, or whoever reads again, forgets it. */
export class PlannedCalls {
  #change: number | undefined;
  #made: PlannedCall[] = [];
  #known = new Set<string>();

  /** Notes the calls of a change from now on. */
  begin(change: number): void {
    this.#change = change;
    this.#made = [];
    this.#known = new Set();
  }

  /** Notes nothing any more; gives what was noted. */
  end(): PlannedCall[] {
    this.#change = undefined;
    return this.#made;
  }

  /** Whatever is read from now on is another call. */
  forget(): void {
    this.#known = new Set();
  }

  /** A list is read whole, so many records. */
  list(endpoint: Endpoint, params: object, records: number): void {
    const pages = endpoint.perPage ? Math.max(1, Math.ceil(records / endpoint.perPage.max)) : 1;
    this.#read(endpoint, params, pages);
  }

  /** A record is read, unless its list was. */
  record(endpoint: Endpoint, list: Endpoint, parent: object, params: object): void {
    if (!this.#known.has(`${list.route} ${pathOf(list, parent as never)}`)) this.#read(endpoint, params, 1);
  }

  /** Something is written. */
  write(endpoint: Endpoint, params: object, body: unknown): void {
    this.#note(endpoint, params, 1, body);
    this.forget();
  }

  #read(endpoint: Endpoint, params: object, count: number): void {
    const name = `${endpoint.route} ${pathOf(endpoint, params as never)}`;
    if (!this.#known.has(name)) this.#note(endpoint, params, count);
    this.#known.add(name);
  }

  #note(endpoint: Endpoint, params: object, count: number, body?: unknown): void {
    if (this.#change === undefined) return;
    const [method = ""] = endpoint.route.split(" ");
    const shown = body === undefined ? {} : { body: JSON.parse(withoutPlaceholders(JSON.stringify(body))) };
    this.#made.push({ change: this.#change, method, path: pathOf(endpoint, params as never), ...shown, count });
  }
}
