import { readGlobalId } from "../node.ts";
import { type ChangeName, type Created, createdBy, type Input } from "./change-input.ts";
import { changeOf } from "./placeholders.ts";

/** Fields that name an object, wherever they stand in an input, and the type of it. */
const named: Record<string, Created> = {
  userGroupId: "UserGroup",
  userGroupIds: "UserGroup",
  memberId: "Member",
  memberIds: "Member",
  resourceGroupId: "ResourceGroup",
  policyId: "Policy",
};

/** What an ID `#3` in an input names: the change, and what it should create. */
export interface Reference {
  change: number;
  type: Created;
  path: string[];
}

const reference = /^#(0|[1-9]\d?)$/;

/** An input with an ID in the place of each `#3`, and of each ID that a preview has made up for what a change creates. */
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
    if (!type || typeof value !== "string") return value;
    const change = reference.exec(value)?.[1] ?? changeOf(lastPart(value));
    return change === undefined ? value : idOf({ change: Number(change), type, path });
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

/** What a raw ID, or a global one, names last: a policy in its group, and else the thing itself. */
export function lastPart(id: string): string {
  return readGlobalId(id)?.parts.at(-1) ?? id;
}
