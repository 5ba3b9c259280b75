import type { OperationDefinitionNode } from "graphql";
import { parse } from "jsonc-parser";

/** Variables as the reader wrote them, with comments and commas after the last; nothing where that is no object. */
export function variablesOf(text: string): Record<string, unknown> {
  const variables: unknown = parse(text, [], { allowTrailingComma: true });
  return typeof variables === "object" && variables !== null && !Array.isArray(variables) ? { ...variables } : {};
}

/** Variables in which the account is another: as `$account`, if the operation has that, and as `accountId` of every input. */
export function withAccount(variables: Record<string, unknown>, account: string, declares: boolean) {
  const filled = filledIn(variables, account) as Record<string, unknown>;
  return declares ? { account, ...filled, ...("account" in filled && { account }) } : filled;
}

/** Whether an operation has the variable `$account`. */
export function declaresAccount(operation: OperationDefinitionNode | undefined): boolean {
  return operation?.variableDefinitions?.some(({ variable }) => variable.name.value === "account") ?? false;
}

function filledIn(value: unknown, account: string): unknown {
  if (Array.isArray(value)) return value.map((item) => filledIn(item, account));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    name === "accountId" ? account : filledIn(inner, account),
  ]);
  return Object.fromEntries(entries);
}
