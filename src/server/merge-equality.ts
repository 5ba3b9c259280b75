import {
  type FieldNode,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type ValueNode,
} from "graphql";

/**
 * Numbers for calls of fields: two fields have the same one if they have the same name and the same arguments, whatever the
 * order. Each field node is written out once.
 */
export function createCalls(): (node: FieldNode) => number {
  const numbers = new Map<string, number>();
  const known = new Map<FieldNode, number>();
  return (node) => {
    const number = known.get(node);
    if (number !== undefined) return number;
    const text = textOf(node);
    const given = numbers.get(text) ?? numbers.size;
    numbers.set(text, given);
    known.set(node, given);
    return given;
  };
}

function textOf({ name, arguments: given = [] }: FieldNode): string {
  return given.length === 0 ? name.value : `${name.value}(${inOrder(given)})`;
}

function inOrder(pairs: readonly { name: { value: string }; value: ValueNode }[]): string {
  return pairs
    .map(({ name, value }) => `${name.value}:${valueText(value)}`)
    .sort()
    .join();
}

/** A value such that equal ones are written equally: graphql-js tells a block string from another, and `1` from `1.0`. */
function valueText(value: ValueNode): string {
  switch (value.kind) {
    case Kind.VARIABLE:
      return `$${value.name.value}`;
    case Kind.LIST:
      return `[${value.values.map(valueText).join()}]`;
    case Kind.OBJECT:
      return `{${inOrder(value.fields)}}`;
    case Kind.STRING:
      return `${JSON.stringify(value.value)}${value.block ? "b" : ""}`;
    case Kind.NULL:
      return "null";
    default:
      return String(value.value);
  }
}

const shapes = new WeakMap<GraphQLOutputType, string>();

/** The form of what a field gives: lists, nulls, and the leaf's type. All objects have one form: their fields are compared. */
export function shapeOf(type: GraphQLOutputType): string {
  const known = shapes.get(type);
  if (known !== undefined) return known;
  let shape: string;
  if (isListType(type)) shape = `[${shapeOf(type.ofType)}]`;
  else if (isNonNullType(type)) shape = `${shapeOf(type.ofType)}!`;
  else shape = isLeafType(type) ? type.name : "{}";
  shapes.set(type, shape);
  return shape;
}
