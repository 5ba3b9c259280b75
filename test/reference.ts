import { readFileSync } from "node:fs";
import {
  buildASTSchema,
  buildSchema,
  type DocumentNode,
  execute,
  type FieldDefinitionNode,
  type GraphQLSchema,
  parse,
  visit,
} from "graphql";
import type { Sandbox } from "../src/sandbox/sandbox.ts";
import type { Account } from "../src/sandbox/state.ts";
import { account, accounts } from "./reference/account.ts";
import type { World } from "./reference/connection.ts";
import { node } from "./reference/node.ts";
import { failure, Rest } from "./reference/rest.ts";
import { Words } from "./reference/words.ts";

const published = readFileSync("schema/schema.graphql", "utf8");

/** The published schema, with nothing behind it. */
export const sdl = buildSchema(published);

/** Questions about access: test/access/ and test/graph/changes/ have somebody else who answers them, and random accounts to ask about. */
const questions = [
  "Account.access",
  "Account.whoCan",
  "Member.effectiveAccess",
  "Member.offboarding",
  "SsoConnector.enforcementPreview",
  "Query.previewChanges",
];

/** The schema with the fields that the reference implementation answers. */
export const answerable = without(questions);

/** What leads back to where a query came from: within each other such lists have millions of records in a large account. */
const backwards = ["PermissionGroup.usedBy", "ResourceGroup.usedBy", "Member.userGroups"];

/** The same for large accounts. */
export const answerableInLarge = without([...questions, ...backwards]);

function without(fields: string[]): GraphQLSchema {
  const named = (type: string) => (field: FieldDefinitionNode) => !fields.includes(`${type}.${field.name.value}`);
  return buildASTSchema(
    visit(parse(published), {
      ObjectTypeDefinition: (type) => ({ ...type, fields: type.fields?.filter(named(type.name.value)) }),
    }),
  );
}

/** What an answer holds, wherever it comes from. */
export interface Answered {
  data?: unknown;
  errors?:
    | readonly { path?: readonly (string | number)[] | undefined; extensions?: Record<string, unknown> }[]
    | undefined;
}

/**
 * Somebody who answers as the schema's descriptions say, and shares nothing with the gateway but the schema: one call
 * for each need, every page of every list, filters, windows and IDs of its own. It has nothing but the answer in mind.
 */
export class ReferenceImplementation {
  readonly #world: World;

  /** `totals` tells whether the sandbox says how long its lists are. */
  constructor(sandbox: Sandbox, totals = true) {
    this.#world = { rest: new Rest(sandbox), words: new Words(), totals };
  }

  /** Why the gateway's answer to a document is not the right one; nothing where it is. */
  async objection(document: DocumentNode, variables: Record<string, unknown>, actual: Answered) {
    const world = this.#world;
    const rootValue = {
      account: ({ id }: { id: string }) => {
        if (!/^[0-9A-Za-z]{32}$/.test(id)) throw failure("BAD_USER_INPUT");
        return account(world, id);
      },
      accounts: (args: object) => accounts(world, args, (record: Account) => account(world, record.id)),
      node: ({ id }: { id: string }) => node(world, id)(),
      nodes: ({ ids }: { ids: string[] }) => {
        if (ids.length > 1000) throw failure("BAD_USER_INPUT");
        return ids.map(async (id) => node(world, id)());
      },
    };
    const expected = await execute({ schema: sdl, document, rootValue, variableValues: variables });
    const [wanted, given] = [placesOf(expected), placesOf(actual)];
    // Once an error has taken all the data away, a server may leave the other errors out.
    const agree = expected.data ? wanted.join() === given.join() : given.some((place) => wanted.includes(place));
    if (!agree) return `errors: ${JSON.stringify(given)} are not ${JSON.stringify(wanted)}`;
    return world.words.difference(plain(expected.data), actual.data);
  }
}

/** Where and with what code an answer fails. */
function placesOf({ errors }: Answered): string[] {
  return (errors ?? []).map(({ path, extensions }) => `${path?.join(".")} ${extensions?.code}`).sort();
}

/** What comes out of JSON. */
function plain(data: unknown): unknown {
  return data == null ? null : JSON.parse(JSON.stringify(data));
}
