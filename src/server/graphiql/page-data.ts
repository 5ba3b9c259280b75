/** An example operation, as the page lists it. */
export interface Example {
  /** Where it is listed. */
  group: ExampleGroup;
  /** A few words, unique among the examples. */
  title: string;
  /** What it shows, in sentences. */
  shows: string;
  /** What it costs: REST calls. */
  costs: string;
  query: string;
  variables?: Record<string, unknown>;
}

/** Groups of examples, in the order in which they are listed. */
export const exampleGroups = ["Reads", "Access", "People", "Writes"] as const;
export type ExampleGroup = (typeof exampleGroups)[number];

/** What the page asks its reader for. */
export interface CredentialField {
  /** What goes behind `Bearer `, such as `API token`. */
  name: string;
  /** What stands there at first: a token of the sandbox, or a placeholder. Every visitor of the page can read it. */
  value: string;
}

/** What the page is made with: JSON in its HTML. URLs are relative to the page. */
export interface PageData {
  workers: Record<"editor" | "json" | "graphql", string>;
  examples: Example[];
  /** `null` where the reader has nothing to give, because a proxy adds it. */
  credential: CredentialField | null;
  /** Whether the sandbox is in the place of Cloudflare's API. */
  sandbox: boolean;
  /** Host of the REST API. */
  api: string;
  /** Whether answers have their cost, and plan and analysis can be asked for. */
  explain: boolean;
  /** Greatest age of a remembered read that a request may accept, in seconds; 0 where nothing is remembered. */
  maxAge: number;
  /** Where a POST resets the sandbox; `null` where there is none. */
  reset: string | null;
}
