import type { IncomingMessage } from "node:http";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { asGraphQLError, HttpError, logRefusal, toResponse } from "./http-error.ts";
import { landingPage, opensPage } from "./landing-page.ts";
import type { Log } from "./log.ts";
import { checkMediaType, checkParams, paramsOfBody, paramsOfQuery } from "./operation-params.ts";
import { readBody } from "./request-body.ts";
import { requestIdOf } from "./request-id.ts";
import type { SentParams, TrustedDocuments } from "./trusted-documents.ts";

/** How operations are read from requests. */
export interface OperationRequestOptions {
  /** Bytes that a body or a query string may have. */
  maxBodySize: number;
  /** Path of the endpoint. */
  path: string;
  logger: Log;
  /** Documents that may be sent; `undefined` for any. */
  trusted?: TrustedDocuments | undefined;
  /** Whether the caller of a request may send any document. */
  anyDocument: (request: Request) => boolean;
}

/**
 * Reads operations from GET and POST in place of Yoga's parsers, which keep bodies of any number of bytes, let errors of
 * `JSON.parse` through, and take media types only in lower case. Whatever is wrong with a request is the caller's mistake:
 * a 4xx, told before anything is run, and a line in the log.
 */
export function operationRequests(options: OperationRequestOptions): Plugin {
  const { maxBodySize, path, logger, trusted, anyDocument } = options;
  function refusing(request: Request, error: unknown): unknown {
    if (!(error instanceof HttpError)) return error;
    logRefusal(logger, error, requestIdOf(request));
    return asGraphQLError(error);
  }

  return {
    onRequestParse: ({ request, serverContext, setRequestParser, endResponse }) => {
      if (opensPage(request)) return endResponse(landingPage(path));
      const accept = request.headers.get("accept");
      if (!accepts(accept, ours)) {
        // In no media type of ours could a plugin tell it.
        const id = requestIdOf(request);
        logRefusal(logger, notAcceptable, id);
        return endResponse(toResponse(notAcceptable, id));
      }
      const node = (serverContext as { req?: IncomingMessage } | undefined)?.req;
      setRequestParser(async () => {
        try {
          if (request.method === "GET") return paramsOfQuery(request.url, maxBodySize);
          checkMediaType(request.headers);
          return paramsOfBody(await readBody(request, node, maxBodySize));
        } catch (error) {
          throw refusing(request, error);
        }
      });
    },
    onParams: ({ request, params, setParams }) => {
      try {
        const asked = { requestId: requestIdOf(request), anyDocument: anyDocument(request), logger };
        const admitted = trusted ? (trusted.admit(params as object as SentParams, asked) as GraphQLParams) : params;
        checkParams(admitted);
        setParams(admitted);
      } catch (error) {
        throw refusing(request, error);
      }
    },
  };
}

const ours = ["application/graphql-response+json", "application/json", "text/event-stream", "multipart/mixed"];
const notAcceptable = new HttpError(406, `The header \`Accept\` must allow one of ${ours.join(", ")}, in UTF-8.`);

/** Whether one of these media types will do. Yoga looks for one only when everything is done. */
export function accepts(accept: string | null, types: readonly string[]): boolean {
  return (accept || "*/*").split(",").some((range) => {
    const [type = "", ...parameters] = range.replace(/\s/g, "").toLowerCase().split(";");
    if (parameters.some((parameter) => parameter.includes("charset=") && parameter !== "charset=utf-8")) return false;
    const [group, name] = type.split("/");
    return types.some((our) => [our, `${our.split("/")[0]}/*`, "*/*"].includes(`${group}/${name}`));
  });
}
