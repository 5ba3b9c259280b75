import { readFileSync } from "node:fs";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { globalId } from "cloudflare-iam-graphql";
import { parse } from "graphql";
import { createYoga } from "graphql-yoga";

const account = "023e105f4ecef8ad9ca31a8372d0c353";
const group = (id: string) => ({ id: globalId("UserGroup", account, id) });

interface Project {
  name: string;
  owners: { id: string }[];
}

/** Projects of the company, each with the IDs that Cloudflare has for its owners. */
export function createProjects(groupIds: readonly string[]) {
  const projects: Project[] = groupIds.map((id, i) => ({ name: `Project ${i}`, owners: [group(id)] }));
  const pageInfo = { hasNextPage: false, hasPreviousPage: false };
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(readFileSync(new URL("projects.graphql", import.meta.url), "utf8")),
      resolvers: {
        Query: {
          projects: (_root: unknown, { first }: { first: number }) => ({ nodes: projects.slice(0, first), pageInfo }),
        },
        Project: { account: () => ({ cloudflareId: account }) },
        Account: {
          projects: ({ cloudflareId }: { cloudflareId: string }) => (cloudflareId === account ? projects : []),
        },
      } as never,
    },
  ]);
  return createYoga({ schema, logging: false });
}
