import { GraphQLError } from "graphql";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";

/** A failure with the code that the graph gives it. */
export function failure(code: string): GraphQLError {
  return new GraphQLError(code, { extensions: { code } });
}

type Query = Record<string, string | number | undefined>;

/**
 * Reads Cloudflare's API as anybody would, one call for each need. Nobody writes in the sandboxes that are read so, and
 * an answer is therefore kept: thousands of documents ask for the same.
 */
export class Rest {
  readonly #sandbox: Sandbox;
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** One answer's `result`; rejects with `NOT_FOUND` under 404 and with `UPSTREAM_ERROR` under whatever else is not 200. */
  get<T>(path: string, query: Query = {}): Promise<T> {
    const url = new URL(`http://sandbox/client/v4${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
    const answer = this.#answers.get(url.href) ?? this.#fetch(url.href);
    this.#answers.set(url.href, answer);
    return answer as Promise<T>;
  }

  async #fetch(url: string): Promise<unknown> {
    const headers = { authorization: "Bearer sandbox-admin" };
    const { status, text } = await this.#sandbox.handle({ method: "GET", url, headers });
    if (status === 200) return JSON.parse(text).result;
    throw failure(status === 404 ? "NOT_FOUND" : "UPSTREAM_ERROR");
  }

  /** Every record of a list, from the first page to the first that is empty. */
  async all<T>(path: string, query: Query, perPage: number): Promise<T[]> {
    const records: T[] = [];
    for (let page = 1; ; page++) {
      const more = (await this.get<T[] | null>(path, { ...query, page, per_page: perPage })) ?? [];
      records.push(...more);
      if (more.length === 0) return records;
    }
  }

  /** Every record of a list that has no pages. */
  async whole<T>(path: string): Promise<T[]> {
    return (await this.get<T[] | null>(path)) ?? [];
  }

  /** One record of an account, `null` where there is none; rejects with `NOT_FOUND` where there is no such account. */
  async find<T>(accountId: string, path: string): Promise<T | null> {
    try {
      return await this.get<T>(`/accounts/${accountId}${path}`);
    } catch (error) {
      if ((error as GraphQLError).extensions.code !== "NOT_FOUND") throw error;
      await this.get(`/accounts/${accountId}`);
      return null;
    }
  }
}
