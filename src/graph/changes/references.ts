import { readGlobalId } from "../node.ts";
import { type ChangeName, type Created, createdBy, type Input } from "./change-input.ts";

/** Fields that name an object, wherever they stand in an input, and the type of it. */
const named: Record<string, Created> = {
  userGroupId: "UserGroup",
  userGroupIds: "UserGroup",
  memberId: "Member",
  memberIds: "Member",
  resourceGroupId: "ResourceGroup",
  policyId: "Policy",
};

/** What an id `#3` in an input names: the change, and what it should create. */
export interface Reference {
  change: number;
  type: Created;
  path: string[];
}

const reference = /^#(0|[1-9]\d?)$/;

/** An input with an id in the place of each `#3`. */
export function resolved(input: Input, idOf: (reference: Reference) => string): Input {
  const walk = (value: unknown, type: Created | undefined, path: string[]): unknown => {
    if (Array.isArray(value)) return value.map((each, i) => walk(each, type, [...path, String(i)]));
    if (typeof value === "object" && value !== null) {
      // The one `id` without a name of its own: of a resource group in a policy.
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [
          name,
          walk(each, name === "id" ? "ResourceGroup" : named[name], [...path, name]),
        ]),
      );
    }
    const [, change] = type && typeof value === "string" ? (reference.exec(value) ?? []) : [];
    return type && change !== undefined ? idOf({ change: Number(change), type, path }) : value;
  };
  return walk(input, undefined, []) as Input;
}

/** What is wrong with a reference in a change; `undefined` for nothing. */
export function problemOf({ change, type }: Reference, at: number, names: readonly ChangeName[]): string | undefined {
  if (change >= at) return `must name an earlier change: this one is #${at}`;
  const creates = createdBy(names[change] as ChangeName);
  if (creates === type) return undefined;
  return `must name a ${type}, and change ${change} (${names[change]}) creates ${creates ? `a ${creates}` : "nothing"}`;
}

/** What a raw id, or a global one, names last: a policy in its group, and else the thing itself. */
export function lastPart(id: string): string {
  return readGlobalId(id)?.parts.at(-1) ?? id;
}
