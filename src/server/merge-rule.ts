import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  typeFromAST,
  type ValidationContext,
} from "graphql";
import { createCalls, shapeOf } from "./merge-equality.ts";

/** A place of a document, with fragments opened, that asks for a response name. */
interface Occurrence {
  readonly node: FieldNode;
  readonly type: GraphQLOutputType | undefined;
  /** The field that it stands in. */
  readonly within: Occurrence | undefined;
}

/** Occurrences of one response path whose parents have, level by level, the same object type, or abstract ones. */
interface Group {
  /** The parents' object type; `undefined` for abstract types, which any object may have. */
  readonly parent: GraphQLNamedType | undefined;
  readonly within: Group | undefined;
  readonly occurrences: Occurrence[];
}

/** A selection set with the type that it is on and the field that it belongs to. */
type Selected = readonly [set: SelectionSetNode, type: GraphQLNamedType | undefined, within: Occurrence | undefined];

/**
 * “Overlapping fields can be merged”, with the verdicts of graphql-js' rule of that name. That one compares fields in pairs;
 * this one groups them by response name and parent type, and compares each with the first of its group. Groups are compared
 * in pairs only where fields of one response name differ. So its time is linear in the document with fragments opened.
 */
export function FieldsMergeRule(context: ValidationContext): ASTVisitor {
  return {
    Document: (document) => {
      // Validation refuses fragments within themselves, and there is no end of opening them.
      if (hasCycle(context, document)) return;
      const merge = new Merge(context);
      for (const each of document.definitions) {
        if (each.kind !== Kind.OPERATION_DEFINITION) continue;
        const type = context.getSchema().getRootType(each.operation) ?? undefined;
        merge.check([[undefined, [[each.selectionSet, type, undefined]]]]);
      }
    },
  };
}

class Merge {
  readonly #context: ValidationContext;
  readonly #callOf = createCalls();

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  /** Checks the selections of groups that share a response path, and everything below. */
  check(parents: Iterable<readonly [Group | undefined, readonly Selected[]]>): void {
    const names = new Map<string, Group[]>();
    for (const [within, selected] of parents) {
      for (const group of this.#groups(within, selected)) {
        const name = responseName(group.occurrences[0] as Occurrence);
        const others = names.get(name);
        if (others) others.push(group);
        else names.set(name, [group]);
      }
    }
    for (const groups of names.values()) {
      const conflict = this.#differing(groups) ?? misshapen(groups);
      if (conflict) {
        this.#context.reportError(conflict);
        continue;
      }
      const below = groups.map((group) => [group, setsOf(group)] as const);
      if (below.some(([, selected]) => selected.length > 0)) this.check(below);
    }
  }

  /** The fields of some selections. A fragment that is spread again has nothing new in it. */
  #groups(within: Group | undefined, selected: readonly Selected[]): Group[] {
    const schema = this.#context.getSchema();
    const groups = new Map<string, Map<GraphQLNamedType | undefined, Group>>();
    const spread = new Set<string>();
    const walk = ([{ selections }, type, parent]: Selected): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) {
          const object = isObjectType(type) ? type : undefined;
          const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
          const occurrence = { node: selection, type: fields[selection.name.value]?.type, within: parent };
          const name = responseName(occurrence);
          const types = groups.get(name) ?? new Map<GraphQLNamedType | undefined, Group>();
          groups.set(name, types);
          const group = types.get(object);
          if (group) group.occurrences.push(occurrence);
          else types.set(object, { parent: object, within, occurrences: [occurrence] });
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          const { typeCondition, selectionSet } = selection;
          walk([selectionSet, typeCondition ? typeFromAST(schema, typeCondition) : type, parent]);
        } else if (!spread.has(selection.name.value)) {
          spread.add(selection.name.value);
          const fragment = this.#context.getFragment(selection.name.value);
          if (fragment) walk([fragment.selectionSet, typeFromAST(schema, fragment.typeCondition), parent]);
        }
      }
    };
    for (const each of selected) walk(each);
    return Array.from(groups.values(), (types) => [...types.values()]).flat();
  }

  /** A conflict of two fields that are not the same, or have other arguments, and may answer for the same object. */
  #differing(groups: readonly Group[]): GraphQLError | undefined {
    const calls = groups.map(({ occurrences: [first] }) => this.#callOf((first as Occurrence).node));
    for (const [i, { occurrences }] of groups.entries()) {
      const other = occurrences.find(({ node }) => this.#callOf(node) !== calls[i]);
      if (other) return conflictOf(occurrences[0] as Occurrence, other);
    }
    if (calls.every((call) => call === calls[0])) return undefined;
    for (const [i, group] of groups.entries()) {
      for (let j = 0; j < i; j++) {
        const other = groups[j] as Group;
        if (calls[i] === calls[j] || !mayMeet(group, other)) continue;
        return conflictOf(other.occurrences[0] as Occurrence, group.occurrences[0] as Occurrence);
      }
    }
    return undefined;
  }
}

/** Whether an object may have the fields of both: no level is of two different object types. */
function mayMeet(a: Group, b: Group): boolean {
  for (let [one, two]: (Group | undefined)[] = [a, b]; one && two && one !== two; one = one.within, two = two.within) {
    if (one.parent && two.parent && one.parent !== two.parent) return false;
  }
  return true;
}

/** A conflict of two fields whose answers have another form: clients could not tell which one they got. */
function misshapen(groups: readonly Group[]): GraphQLError | undefined {
  let first: Occurrence | undefined;
  for (const { occurrences } of groups) {
    for (const each of occurrences) {
      if (!each.type) continue;
      first ??= each;
      if (shapeOf(each.type) === shapeOf(first.type as GraphQLOutputType)) continue;
      return conflictOf(first, each, `they return conflicting types "${first.type}" and "${each.type}"`);
    }
  }
  return undefined;
}

/** In graphql-js' words, from the first selection set down that has both. */
function conflictOf(a: Occurrence, b: Occurrence, shape?: string): GraphQLError {
  const [name, other] = [a.node.name.value, b.node.name.value];
  let reason = name === other ? "they have differing arguments" : `"${name}" and "${other}" are different fields`;
  if (shape) reason = shape;
  const [nodes, others] = [[a.node], [b.node]];
  let [one, two] = [a, b];
  while (one.within && two.within && one.within !== two.within) {
    reason = `subfields "${responseName(one)}" conflict because ${reason}`;
    [one, two] = [one.within, two.within];
    nodes.unshift(one.node);
    others.unshift(two.node);
  }
  return new GraphQLError(
    `Fields "${responseName(one)}" conflict because ${reason}. ` +
      "Use different aliases on the fields to fetch both if this was intentional.",
    { nodes: [...ends(nodes), ...ends(others)] },
  );
}

/** The outermost and the innermost nodes: for each, a line is looked for in the text. */
function ends(nodes: readonly FieldNode[]): readonly FieldNode[] {
  return nodes.length > 3 ? [...nodes.slice(0, 1), ...nodes.slice(-2)] : nodes;
}

function responseName({ node: { alias, name } }: Occurrence): string {
  return (alias ?? name).value;
}

function setsOf({ occurrences }: Group): Selected[] {
  return occurrences.flatMap((each) => {
    const { node, type } = each;
    return node.selectionSet ? [[node.selectionSet, type && getNamedType(type), each] as const] : [];
  });
}

/** Whether a fragment is spread within itself. */
function hasCycle(context: ValidationContext, { definitions }: DocumentNode): boolean {
  const states = new Map<string, "open" | "done">();
  const leadsBack = (set: SelectionSetNode): boolean =>
    context.getFragmentSpreads(set).some(({ name: { value: name } }) => {
      const state = states.get(name);
      const fragment = context.getFragment(name);
      if (state || !fragment) return state === "open";
      states.set(name, "open");
      if (leadsBack(fragment.selectionSet)) return true;
      states.set(name, "done");
      return false;
    });
  return definitions.some((each) => each.kind === Kind.OPERATION_DEFINITION && leadsBack(each.selectionSet));
}
