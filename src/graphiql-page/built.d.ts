import type { BuiltPage } from "../server/graphiql/assets.ts";

/** The page as a module: `build-graphiql.ts` writes it beside the compiled server. */
declare const page: BuiltPage;
export default page;
