import { isObject, type QuirkHooks } from "./quirk.ts";

function everyInfo(change: (info: Record<string, unknown>) => Record<string, unknown> | undefined): QuirkHooks {
  return { value: (key, value) => (key === "result_info" && isObject(value) ? change(value) : value) };
}

/** How lists are paged, counted and filtered. */
export const pages = {
  /** `result_info` may be missing: seen of permission groups and group members [S]; here of every list. */
  resultInfoAbsent: (): QuirkHooks => everyInfo(() => undefined),

  /** `total_pages` is not in the reference; user groups and their members carry it [D]. */
  totalPagesAbsent: (): QuirkHooks => everyInfo(({ total_pages, ...info }) => info),

  /** `total_pages` on every list, as accounts were seen to carry it [S]. */
  totalPagesEverywhere: (): QuirkHooks =>
    everyInfo((info) => ({ ...info, total_pages: Math.ceil(Number(info.total_count) / Number(info.per_page)) })),

  /** No total at all: neither records nor pages (assumed). */
  totalCountAbsent: (): QuirkHooks => everyInfo(({ total_count, total_pages, ...info }) => info),

  /** A total that is less than what is there (assumed). */
  totalCountTooLow: (): QuirkHooks =>
    everyInfo(({ total_pages, ...info }) => ({ ...info, total_count: Math.min(1, Number(info.total_count)) })),

  /** A total that is more than what is there: by the reference it counts "without search parameters" [D]. */
  totalCountTooHigh: (): QuirkHooks =>
    everyInfo(({ total_pages, ...info }) => ({ ...info, total_count: Number(info.total_count) + 1000 })),

  /** A total of what was found, which the samples do not rule out [D]; the sandbox counts without the filter. */
  totalCountOfTheFound: (): QuirkHooks => ({ page: (page) => ({ ...page, counts: "found" }) }),

  /** `count` is "total number of results" by the reference, the records of the page in the samples [D]. */
  countOfAll: (): QuirkHooks => everyInfo((info) => ({ ...info, count: info.total_count })),

  /** Numbers that are no page: zero-based, as text, negative (assumed). */
  resultInfoNonsense: (): QuirkHooks =>
    everyInfo(() => ({ page: 0, per_page: "50", count: -1, total_count: 0.5, total_pages: null })),

  /** An account-owned token sees one account on every page: `page` is ignored and always 1 [S]. */
  accountsIgnorePage: (): QuirkHooks => ({
    value(key, value, route) {
      if (route !== "GET /accounts") return value;
      if (key === "result_info") return { page: 1, per_page: 20, total_pages: 1, count: 1, total_count: 1 };
      return key === "result" && Array.isArray(value) ? value.slice(0, 1) : value;
    },
    page: (page, route) => (route === "GET /accounts" ? { ...page, page: 1 } : page),
  }),

  /** Fewer records per page than were asked for, and told so: documented maxima are no safe rule [S]. */
  perPageClamped: (): QuirkHooks => ({ page: (page) => ({ ...page, per_page: Math.min(page.per_page, 10) }) }),

  /** Whether `name` of user groups finds a part of the name is unproven: clients check again [S]. */
  nameFilterPartial: (): QuirkHooks => ({
    query: ({ name, ...query }, route) =>
      name !== undefined && route === "GET /accounts/{account_id}/iam/user_groups"
        ? { ...query, fuzzyName: name }
        : { ...query, ...(name !== undefined && { name }) },
  }),
};
