import type { Plugin } from "graphql-yoga";
import type { ServedGraphiQL } from "./graphiql.ts";
import { HttpError, toResponse } from "./http-error.ts";
import type { Log } from "./log.ts";
import { requestIdOf } from "./request-id.ts";
import { nothingAt } from "./routes.ts";

/** Answers the page of GraphiQL and its files before a request is read as an operation. A file that does not exist is 404. */
export function graphiqlPlugin({ serve }: ServedGraphiQL, path: string, logger: Log): Plugin {
  return {
    onRequest: ({ request, url, endResponse }) => {
      const id = requestIdOf(request);
      const refuse = (error: HttpError) => toResponse(error, id, request.headers.get("accept"));
      // Yoga would answer with the stack.
      const failed = (bug: unknown) => {
        logger.error(`Request ${id} failed unexpectedly:`, { requestId: id, error: bug });
        return refuse(new HttpError(500, "Unexpected error.", { code: "INTERNAL_SERVER_ERROR" }));
      };
      return serve(request, url)
        ?.then((response) => response ?? refuse(nothingAt(path, url.pathname)), failed)
        .then(endResponse);
    },
  };
}
