import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

const read = (url: string) => parse(readFileSync(fileURLToPath(url), "utf8"));

/** The supergraph of the IAM gateway and the projects, by their URLs. Throws what does not compose. */
export function compose(iam: string, projects: string): string {
  const { supergraphSdl, errors } = composeServices([
    { name: "iam", url: iam, typeDefs: read(import.meta.resolve("cloudflare-iam-graphql/schema.subgraph.graphql")) },
    { name: "projects", url: projects, typeDefs: read(import.meta.resolve("./projects.graphql")) },
  ]);
  if (!supergraphSdl) throw new AggregateError(errors ?? [], errors?.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}
