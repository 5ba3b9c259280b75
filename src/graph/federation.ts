import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  isInterfaceType,
  valueFromASTUntyped,
} from "graphql";
import { isPathId } from "../cloudflare/endpoint.ts";
import type { Context } from "./context.ts";
import { costs, refetch } from "./cost.ts";
import { builder } from "./entities.ts";
import { badInput } from "./error.ts";
import { atMost, atMostIds, MAX_IDS } from "./list-limit.ts";
import { globalId, type Node, parseGlobalId, parseGlobalIdOf } from "./node.ts";
import { keepResolvers } from "./schema.ts";
import { subgraphSdl } from "./subgraph-sdl.ts";

/** What a router sends to name an entity: its type and the fields of one of its keys. */
type Representation = Record<string, unknown>;

interface EntitiesArgs {
  representations: readonly Representation[];
}

const AnyScalar = new GraphQLScalarType<unknown>({
  name: "_Any",
  description: "An entity as a router names it: `__typename` and the fields of one of its keys.",
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: valueFromASTUntyped,
});

let made: GraphQLSchema | undefined;

/**
 * The schema of a subgraph of Apollo Federation: the same one with `_service` and `_entities`. An entity is read as `node` reads
 * it, through the same loaders. Made when it is first asked for.
 */
export function subgraphSchema(): GraphQLSchema {
  made ??= makeSubgraphSchema();
  return made;
}

function makeSubgraphSchema(): GraphQLSchema {
  // Types of its own, because executors change the schema that they are given.
  const plain = builder.toSchema();
  const node = plain.getType("Node");
  const Entity = new GraphQLUnionType({
    name: "_Entity",
    description: "An object that other subgraphs can name: every type with a global ID.",
    types: isInterfaceType(node) ? [...plain.getPossibleTypes(node)] : [],
    resolveType: (entity: Node) => entity.type,
  });
  const Service = new GraphQLObjectType({
    name: "_Service",
    description: "This subgraph, for composition.",
    fields: {
      sdl: {
        type: GraphQLString,
        description: "SDL of the subgraph with the directives of Apollo Federation.",
        resolve: sdlOf(plain),
      },
    },
  });
  const config = plain.toConfig();
  const query = config.query?.toConfig();
  const Query = new GraphQLObjectType<unknown, Context>({
    name: "Query",
    ...query,
    fields: {
      ...query?.fields,
      _service: {
        type: new GraphQLNonNull(Service),
        description: "The subgraph's SDL. Costs nothing.",
        resolve: () => ({}),
      },
      _entities: {
        type: new GraphQLNonNull(new GraphQLList(Entity)),
        ...costs(
          refetch(
            "representations",
            idsOf,
            "Entities of one type and account are read together: 50 groups of one account cost 1 call.",
          ),
          (calls) =>
            "Entities by their representations, in that order; null for one that does not exist. A malformed representation is an " +
            `error at its own index, and does not affect the others. ${calls}`,
        ),
        args: {
          representations: {
            type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(AnyScalar))),
            ...atMost(MAX_IDS, 'Entities: `[{ __typename: "UserGroup", id: "VXNlckdyb3VwOjAyM2Ux…" }]`.'),
          },
        },
        resolve: (_root, args, context) => bounded(args as EntitiesArgs).map((each, i) => entity(each, i, context)),
      },
    },
  });
  const types = config.types.filter(({ name }) => name !== "Query");
  const schema = new GraphQLSchema({ ...config, query: Query, types });
  keepResolvers(schema);
  return schema;
}

function sdlOf(schema: GraphQLSchema): () => string {
  let sdl: string | undefined;
  return () => {
    sdl ??= subgraphSdl(schema);
    return sdl;
  };
}

function bounded({ representations }: EntitiesArgs): readonly Representation[] {
  return atMostIds("representations", representations, "entities");
}

/** Global IDs for the planner. A representation that is refused costs nothing. */
function idsOf(args: EntitiesArgs): string[] {
  return bounded(args).map((each, i) => {
    try {
      return idOf(each, i);
    } catch {
      return "";
    }
  });
}

/** Global ID of the entity that a representation names; throws the caller's mistake. */
function idOf(representation: Representation, index: number): string {
  const place = `representations[${index}]`;
  const { __typename: type, id, cloudflareId } = Object(representation) as Representation;
  if (typeof type !== "string") throw badInput(place, "must have `__typename`, the type of the entity");
  if (typeof id !== "string") {
    if (type === "Account" && typeof cloudflareId === "string" && isPathId(cloudflareId)) {
      return globalId("Account", cloudflareId);
    }
    throw badInput(
      place,
      `must have a key of \`${type.slice(0, 80)}\`: \`id\`${type === "Account" ? ", or `cloudflareId`" : ""}`,
    );
  }
  parseGlobalIdOf(type, id, `${place}.id`);
  return id;
}

async function entity(representation: Representation, index: number, context: Context): Promise<Node | null> {
  const { parts, reload } = parseGlobalId(idOf(representation, index), `representations[${index}].id`);
  return reload(parts, context);
}
