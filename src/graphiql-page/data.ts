import type { PageData } from "../server/graphiql/page-data.ts";

/** What the server made the page with. */
export const data: PageData = JSON.parse(document.getElementById("data")?.textContent ?? "");
