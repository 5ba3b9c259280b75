import { type ExecutionArgs, GraphQLError, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Code } from "../graph/error.ts";
import type { AccessLevel } from "../upstream/rights.ts";

/** What the account check of an operation reads at each call. */
export interface AccessContext {
  access: { needs: AccessLevel };
}

/**
 * A mutation needs the right to write for each of its calls, those that read included. Where the gateway is read-only, it is
 * refused before anything of it is done.
 */
export function accessLevels(readOnly: boolean): Plugin {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const { document, operationName, contextValue } = args as unknown as ExecutionArgs;
      if (getOperationAST(document, operationName)?.operation !== "mutation") return;
      (contextValue as AccessContext).access.needs = "write";
      if (readOnly) setResultAndStopExecution({ errors: [refused] });
    },
  };
}

const refused = new GraphQLError("This gateway is read-only: it takes no mutation. Nothing was sent.", {
  extensions: { code: "FORBIDDEN" satisfies Code, http: { status: 403, spec: true } },
});
