import { type GraphQLInputType, getNullableType, isInputObjectType, isListType } from "graphql";
import type { FieldError } from "./mutation-errors.ts";

/** An argument or a field of an input. */
interface Input {
  name: string;
  type: GraphQLInputType;
  extensions: Readonly<Record<string, unknown>>;
}

/** Lists among the values of these inputs, at any depth, that have more items than they may; those within are left alone. */
export function tooLongLists(
  inputs: readonly Input[],
  values: Record<string, unknown>,
  path: string[] = [],
): FieldError[] {
  return inputs.flatMap(({ name, type, extensions }) => {
    const value = values[name];
    if (value == null) return [];
    const here = [...path, name];
    const maxItems = extensions.maxItems as number | undefined;
    if (Array.isArray(value) && maxItems !== undefined && value.length > maxItems) {
      return [{ path: here, message: `must have at most ${maxItems} items, not ${value.length}` }];
    }
    return within(getNullableType(type), value, here);
  });
}

function within(type: GraphQLInputType, value: unknown, path: string[]): FieldError[] {
  if (isListType(type)) {
    const items = value as unknown[];
    return items.flatMap((item, i) => within(getNullableType(type.ofType), item, [...path, String(i)]));
  }
  if (!isInputObjectType(type) || value == null) return [];
  return tooLongLists(Object.values(type.getFields()), value as Record<string, unknown>, path);
}
