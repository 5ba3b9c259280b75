import fc from "fast-check";
import {
  type ArgumentNode,
  astFromValue,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLBoolean,
  type GraphQLCompositeType,
  type GraphQLInputType,
  GraphQLNonNull,
  isUnionType,
  Kind,
  type NameNode,
  OperationTypeNode,
  parseType,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
} from "graphql";

/** A value, and how it comes to its place: there, by a variable, by a variable's default, or by a variable left out. */
export interface Given {
  value: unknown;
  how: "literal" | "variable" | "default" | "absent";
}

/** `@include` or `@skip`. */
export type Switch = Given & { name: string };

/** One selection, of a field or of a fragment, before names are found for aliases, variables and fragments. */
export type Item =
  | {
      kind: "field";
      type: GraphQLCompositeType;
      name: string;
      /** What tells it from the same field with the same arguments; mostly nothing. */
      alias: string;
      args: Record<string, Given>;
      switches: Switch[];
      items: Item[] | undefined;
    }
  | {
      kind: "fragment";
      type: GraphQLCompositeType;
      /** Without a type condition. */
      bare: boolean;
      named: boolean;
      switches: Switch[];
      items: Item[];
    };

/** A query and its variables. */
export class Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;

  constructor(document: DocumentNode, variables: Record<string, unknown>) {
    this.query = print(document);
    this.variables = variables;
  }

  /** As somebody would paste it into GraphiQL; counterexamples are shown so. */
  [fc.toStringMethod](): string {
    return `${this.query}\n${JSON.stringify(this.variables)}`;
  }
}

/** Finds the names, such that selections under one name can always be merged. */
export function write(items: Item[]): Operation {
  const keys = new Map<string, string>();
  const declared = new Map<string, VariableDefinitionNode>();
  const variables: Record<string, unknown> = {};
  const fragments = new Map<string, FragmentDefinitionNode>();
  const selectionSet = setOf(items);
  const query = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: [...declared.values()],
    selectionSet,
  } as const;
  return new Operation({ kind: Kind.DOCUMENT, definitions: [query, ...fragments.values()] }, variables);

  function setOf(items: Item[]): SelectionSetNode {
    return { kind: Kind.SELECTION_SET, selections: items.map(nodeOf) };
  }

  function nodeOf(item: Item): SelectionNode {
    const directives = item.switches.map(directiveOf);
    if (item.kind === "field") return fieldOf(item, directives);
    const typeCondition = { kind: Kind.NAMED_TYPE, name: nameOf(item.type.name) } as const;
    const selectionSet = setOf(item.items);
    if (!item.named)
      return { kind: Kind.INLINE_FRAGMENT, directives, selectionSet, ...(!item.bare && { typeCondition }) };
    const content = `${item.type.name} ${print(selectionSet)}`;
    const name = fragments.get(content)?.name ?? nameOf(`Part${fragments.size}`);
    fragments.set(content, { kind: Kind.FRAGMENT_DEFINITION, name, typeCondition, selectionSet });
    return { kind: Kind.FRAGMENT_SPREAD, name, directives };
  }

  function fieldOf(item: Item & { kind: "field" }, directives: DirectiveNode[]): FieldNode {
    const field = isUnionType(item.type) ? undefined : item.type.getFields()[item.name];
    const args = Object.entries(item.args).map(([name, given]): ArgumentNode => {
      const type = field?.args.find((each) => each.name === name)?.type as GraphQLInputType;
      return { kind: Kind.ARGUMENT, name: nameOf(name), value: literalOf(given, type) };
    });
    // One name stands for one field, its arguments and its type: then whatever meets under it can be merged.
    const signature = [item.name, field?.type, ...args.map(print)].join(" ");
    const key = keys.get(signature) ?? freeKey(item.name);
    keys.set(signature, key);
    const alias = item.alias ? `${key}_${item.alias}` : key;
    return {
      kind: Kind.FIELD,
      name: nameOf(item.name),
      ...(alias !== item.name && { alias: nameOf(alias) }),
      arguments: args,
      directives,
      ...(item.items && { selectionSet: setOf(item.items) }),
    };
  }

  function freeKey(name: string): string {
    const taken = [...keys.values()].filter((key) => key.replace(/\d+$/, "") === name).length;
    return taken === 0 ? name : `${name}${taken + 1}`;
  }

  function directiveOf(given: Switch): DirectiveNode {
    const value = literalOf(given, new GraphQLNonNull(GraphQLBoolean));
    return {
      kind: Kind.DIRECTIVE,
      name: nameOf(given.name),
      arguments: [{ kind: Kind.ARGUMENT, name: nameOf("if"), value }],
    };
  }

  function literalOf({ value, how }: Given, type: GraphQLInputType): ValueNode {
    const literal = astFromValue(value, type) as ValueNode;
    if (how === "literal") return literal;
    const content = `${type} ${how} ${print(literal)}`;
    const name = declared.get(content)?.variable.name ?? nameOf(`v${declared.size}`);
    const variable = { kind: Kind.VARIABLE, name } as const;
    declared.set(content, {
      kind: Kind.VARIABLE_DEFINITION,
      variable,
      type: parseType(String(type)) as TypeNode,
      ...(how === "default" && { defaultValue: literal as never }),
    });
    if (how === "variable") variables[name.value] = value;
    return variable;
  }
}

function nameOf(value: string): NameNode {
  return { kind: Kind.NAME, value };
}
