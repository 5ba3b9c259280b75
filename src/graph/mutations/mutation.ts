import type { FieldMap, InputRef, OutputRef } from "@pothos/core";
import type { ListEndpoint } from "../../cloudflare/endpoint.ts";
import { CloudflareError, type Kind } from "../../cloudflare/error.ts";
import type { Message } from "../../cloudflare/result.ts";
import { builder } from "../builder.ts";
import { edgeOf } from "../connection.ts";
import type { Context } from "../context.ts";
import { assumes, type Cost } from "../cost.ts";
import type { Node } from "../node.ts";
import { inOrder } from "../order.ts";
import { type Warning, WarningRef } from "./confirmation.ts";
import { InputCheck, invalidInput } from "./input.ts";
import { tooLongLists } from "./list-lengths.ts";
import { type PathMapper, toMutationError } from "./mutation-error-mapping.ts";
import { ConfirmationRequiredErrorRef, MutationError, mutationErrorRefs } from "./mutation-errors.ts";

/** Result of a successful mutation. */
export interface Payload<N extends Node> {
  node?: N;
  /** Global ID of what is gone. */
  deletedId?: string;
  messages: Message[];
  /** What could not be made sure of before. */
  warnings?: Warning[];
  /** Of several things that it did, what became of each. */
  parts?: unknown[];
}

/** Progress of a mutation. */
export interface Progress {
  /** What its writes are a part of. */
  readonly mutation: { readonly id: string; readonly name: string };
  /** The write was done: a later failure is not a failure of the write. */
  written(): void;
  /** Maps a path of the body to a path of the input, if they differ. */
  places(place: PathMapper): void;
}

/** What fields of a payload are made with. */
export type PayloadFields<N extends Node> = PothosSchemaTypes.ObjectFieldBuilder<
  typeof builder.$inferSchemaTypes,
  Payload<N>
>;

/** A mutation: its input, what its payload shows, and its work. */
interface Mutation<Input, N extends Node> {
  /** Description with the cost: see `write` of cost.ts. */
  description: string;
  extensions: { cost: Cost };
  input: InputRef<Input>;
  /** Name, type and description of the changed node in the payload. */
  node?: [name: string, type: OutputRef<N>, description: string];
  /** Name and type of the payload's edge of a new node of an account, and the list in which it is from now on. */
  edge?: [name: string, type: OutputRef<unknown>, list: ListEndpoint];
  /** Name and description of the payload's ID of what is gone. */
  deleted?: [name: string, description: string];
  /** Further fields of the payload. */
  more?: (t: PayloadFields<N>) => FieldMap;
  /** Further errors of its result. */
  errors?: (typeof mutationErrorRefs)[number][];
  /** It can take rights away, and asks for a confirmation then. */
  confirms?: true;
  /** Checks the input, and calls nothing: its work is done once nothing was wrong and what it names by label was found. */
  prepare: (input: Input, check: InputCheck) => Work<N>;
}

/** The work of a mutation whose input was checked. */
export type Work<N extends Node = Node> = (context: Context, progress: Progress) => Promise<Payload<N>>;

/** A mutation, as far as it can be made a part of another one. */
export interface Preparation {
  input: InputRef<unknown>;
  prepare: (input: unknown, check: InputCheck) => Work;
}

const preparations = new Map<string, Preparation>();

/** A mutation by its name, once its file was loaded. */
export function preparationOf(name: string): Preparation {
  const found = preparations.get(name);
  if (!found) throw new Error(`There is no mutation ${name}.`);
  return found;
}

const CloudflareMessageRef = builder.objectRef<Message>("CloudflareMessage");
CloudflareMessageRef.implement({
  description: "A message that Cloudflare added to an answer.",
  fields: (t) => ({
    code: t.int({ description: "Cloudflare's code of the message.", resolve: ({ code }) => code }),
    message: t.string({ description: "Text of the message, unchanged.", resolve: ({ message }) => message }),
  }),
});

/** Failures that say nothing of the input. */
export const aboutTheCaller = new Set<Kind>(["unauthenticated", "access_denied", "not_cached"]);

/** The order of remarks: by their codes, those without one last. */
function byCode({ code }: Message): string {
  return code == null ? "none" : String(code).padStart(12, "0");
}

builder.mutationType({
  description:
    "Writes. Each is sent once. Mutations of one document run in order; a failure does not affect the others. Expected failures " +
    "are data: the types of each result that implement `MutationError`.",
});

/** Adds a mutation with its payload (`XPayload`) and its result (`XResult`: the payload or one of the errors). */
export function mutation<Input, N extends Node>(name: string, definition: Mutation<Input, N>): void {
  const Name = name.charAt(0).toUpperCase() + name.slice(1);
  const { node, edge, deleted, more, confirms, errors = [] } = definition;
  preparations.set(name, definition as unknown as Preparation);
  const PayloadRef = builder.objectRef<Payload<N>>(`${Name}Payload`);
  PayloadRef.implement({
    description: `What \`${name}\` gives when it succeeds.`,
    fields: (t) => ({
      ...(node && {
        [node[0]]: t.field({
          type: node[1] as never,
          nullable: true,
          description: node[2],
          resolve: (payload) => payload.node as never,
        }),
      }),
      ...(edge && {
        [edge[0]]: t.field({
          type: edge[1] as never,
          nullable: true,
          description:
            "The same as an edge, for a list that a client has shown. Where it stands in the list is not known: a page after its cursor " +
            "has `shifted`.",
          resolve: ({ node }) => (node && edgeOf(edge[2], node as never)) as never,
        }),
      }),
      ...(deleted && {
        [deleted[0]]: t.id({ nullable: false, description: deleted[1], resolve: ({ deletedId }) => deletedId ?? "" }),
      }),
      ...more?.(t),
      ...(confirms && {
        warnings: t.field({
          type: [WarningRef],
          nullable: false,
          ...assumes(1),
          description: "What could not be made sure of before; usually empty.",
          resolve: ({ warnings }) => warnings ?? [],
        }),
      }),
      messages: t.field({
        type: [CloudflareMessageRef],
        nullable: false,
        ...assumes(1),
        description: "Messages returned by Cloudflare; usually empty.",
        resolve: ({ messages }) => inOrder(messages, byCode, ({ message }) => message ?? ""),
      }),
    }),
  });

  const ResultRef = builder.unionType(`${Name}Result`, {
    description: `Result of \`${name}\`: the payload, or an error.`,
    types: [PayloadRef, ...mutationErrorRefs, ...(confirms ? [ConfirmationRequiredErrorRef] : []), ...errors],
    resolveType: (value) => ("type" in value ? (value as Node).type : `${Name}Payload`),
  });

  builder.mutationField(name, (t) =>
    t.field({
      type: ResultRef,
      nullable: true,
      description: definition.description,
      extensions: definition.extensions,
      args: {
        input: t.arg({
          type: definition.input,
          required: true,
          description: "Input of the mutation, as a variable: `$input`.",
        }),
      },
      resolve: async (_root, args, context, { parentType }) => {
        let written = false;
        let place: PathMapper = (path) => path;
        const progress: Progress = {
          mutation: { id: crypto.randomUUID(), name },
          written: () => {
            written = true;
          },
          places: (how) => {
            place = how;
          },
        };
        try {
          // Before anything is made of it, or called.
          const problems = tooLongLists(parentType.getFields()[name]?.args ?? [], args);
          if (problems.length > 0) {
            throw invalidInput(problems.map(({ path: [, ...path], message }) => ({ path, message })));
          }
          const check = new InputCheck();
          const work = definition.prepare((args as { input: Input }).input, check);
          await check.found(context);
          return (await work(context, progress)) as never;
        } catch (error) {
          if (error instanceof MutationError) return error.data as never;
          if (!(error instanceof CloudflareError)) throw error;
          // What is about the caller, not the input, is an error as for every read.
          if (aboutTheCaller.has(error.kind) && !written) throw error;
          return toMutationError(error, written, place) as never;
        }
      },
    }),
  );
}
