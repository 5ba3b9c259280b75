import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { LRUCache } from "lru-cache";
import { Client } from "undici";

/**
 * The baseline: what the same answer costs without GraphQL. One handler that makes the calls that are needed, each as soon as
 * it can be made, and writes the answer by hand from what came. It checks nothing, expects every field to be there, and shares
 * nothing between requests but open connections. Not a line of it is the gateway's.
 */
const upstream = new URL(process.env.CLOUDFLARE_API_BASE_URL ?? "");

/** A row as the upstream sends it, as far as it is read here. */
interface Row {
  id: string;
  name: string;
}
interface Scope {
  key: string;
  objects: { key: string }[];
}
interface PermissionGroup extends Row {
  meta: Record<string, string>;
}
interface ResourceGroup extends Row {
  scope: Scope;
}
interface Policy {
  id: string;
  access: string;
  permission_groups: PermissionGroup[];
  resource_groups: ResourceGroup[];
}
interface UserGroup extends Row {
  policies?: Policy[];
}
interface Member {
  id: string;
  email: string;
  status: string;
}
interface Connector {
  id: string;
  email_domain: string;
  enabled: boolean;
  verification?: { status: string };
}
interface Envelope<T> {
  result: T;
  result_info: { total_count: number };
}

/** Connections that nobody uses at the moment; the one that was used last comes first. */
const idle: Client[] = [];
/** Calls that wait for one, in the order in which they came. */
const waiting: ((client: Client) => void)[] = [];
/** Enough for all calls of the largest request at once; beyond that, more of them only make each other slow. */
let enough = 128;
let opened = 0;

function withConnection(use: (client: Client) => void): void {
  const free = idle.pop();
  if (free) use(free);
  else if (opened >= enough) waiting.push(use);
  else {
    opened++;
    use(new Client(upstream.origin, { allowH2: false, headersTimeout: 0, bodyTimeout: 0 }));
  }
}

function release(client: Client): void {
  const next = waiting.shift();
  if (next) next(client);
  else idle.push(client);
}

/** What was read, by caller and path, where the baseline is to remember it for a minute. */
const remembered = process.env.REMEMBER
  ? new LRUCache<string, Envelope<unknown>>({ max: 10_000, ttl: 60_000 })
  : undefined;

/** One GET, from memory if it is there. */
async function get<T>(path: string, authorization: string): Promise<Envelope<T>> {
  if (!remembered) return read(path, authorization);
  const key = `${authorization} ${path}`;
  const found = (remembered.get(key) ?? (await read(path, authorization))) as Envelope<T>;
  if (!remembered.has(key)) remembered.set(key, found);
  return found;
}

/** One GET by undici's `dispatch`, read and parsed. */
function read<T>(path: string, authorization: string): Promise<Envelope<T>> {
  const headers = { authorization, accept: "application/json" };
  return new Promise((resolve, reject) => {
    withConnection((client) => {
      const chunks: Buffer[] = [];
      let status = 0;
      client.dispatch(
        { method: "GET", path: upstream.pathname + path, headers },
        {
          onRequestStart: () => {},
          onResponseStart: (_controller, code) => {
            status = code;
          },
          onResponseData: (_controller, chunk) => {
            chunks.push(chunk);
          },
          onResponseEnd: () => {
            release(client);
            if (status !== 200) return reject(new Error(`${path} answered ${status}`));
            const [first, ...more] = chunks;
            resolve(JSON.parse((first && more.length === 0 ? first : Buffer.concat(chunks)).toString()));
          },
          onResponseError: (_controller, error) => {
            release(client);
            reject(error);
          },
        },
      );
    });
  });
}

/** Of plain ASCII without `>`, `?` and `~`, base64 is base64url but for the padding. */
function globalId(type: string, ...parts: string[]): string {
  const text = `${type}:${parts.join(":")}`;
  return btoa(text).slice(0, Math.ceil((text.length * 4) / 3));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Variables {
  account: string;
  groups?: number;
  members?: number;
}

/** The whole answer: account, connectors and groups at once; the members of each group as soon as it is known. */
async function fullGraph({ account, groups = 100, members = 50 }: Variables, authorization: string) {
  const path = `/accounts/${account}`;
  const listed = `${path}/iam/user_groups`;
  const size = Math.min(groups, 500);
  enough = Math.max(enough, groups);

  const withMembers = (group: UserGroup) =>
    get<Member[] | null>(`${listed}/${group.id}/members?page=1&per_page=${members}`, authorization).then((found) =>
      userGroup(account, group, found),
    );
  async function page(number: number) {
    const { result, result_info } = await get<UserGroup[]>(`${listed}?page=${number}&per_page=${size}`, authorization);
    return { total: result_info.total_count, nodes: Promise.all(result.map(withMembers)) };
  }
  async function userGroups() {
    const first = await page(1);
    const pages = Math.ceil(Math.min(groups, first.total) / size);
    const rest = Array.from({ length: pages - 1 }, (_, i) => page(i + 2).then(({ nodes }) => nodes));
    const nodes = (await Promise.all([first.nodes, ...rest])).flat();
    return {
      totalCount: first.total,
      pageInfo: {
        hasNextPage: groups < first.total,
        endCursor: cursor(account, nodes.length - 1, first.total, nodes.at(-1)),
      },
      nodes,
    };
  }

  const [{ result }, found, connectors] = await Promise.all([
    get<Row>(path, authorization),
    userGroups(),
    get<Connector[]>(`${path}/sso_connectors`, authorization),
  ]);
  const ssoConnectors = { nodes: connectors.result.map((row) => ssoConnector(account, row)) };
  return { account: { id: globalId("Account", account), name: result.name, userGroups: found, ssoConnectors } };
}

/** Where a group stands in the list, in the gateway's own form. */
function cursor(account: string, position: number, total: number, last: { cloudflareId: string } | undefined): string {
  const list = JSON.stringify(["GET /accounts/{account_id}/iam/user_groups", ["account_id", account]]);
  const name = createHash("sha256").update(list).digest("base64url").slice(0, 8);
  return Buffer.from(`${name}:${position}:${total}:${last?.cloudflareId}`).toString("base64url");
}

function userGroup(account: string, { id, name, policies = [] }: UserGroup, found: Envelope<Member[] | null>) {
  return {
    id: globalId("UserGroup", account, id),
    cloudflareId: id,
    name,
    policies: policies
      .map((row) => policy(account, id, row))
      .sort((a, b) => byText(a.place, b.place))
      .map(({ node }) => node),
    members: {
      totalCount: found.result_info.total_count,
      nodes: (found.result ?? []).map(({ id, email, status }) => ({
        id: globalId("Member", account, id),
        email,
        status: status.toUpperCase(),
      })),
    },
  };
}

/** A policy, and what it is ordered by: access, then what may be done, then where. */
function policy(account: string, group: string, { id, access, permission_groups, resource_groups }: Policy) {
  const permissions = permission_groups.sort((a, b) => byText(a.id, b.id));
  const resources = resource_groups
    .map((row) => {
      const objects = row.scope.objects.sort((a, b) => byText(a.key, b.key));
      return { row, place: [row.scope.key, ...objects.map(({ key }) => key), row.id].join(" ") };
    })
    .sort((a, b) => byText(a.place, b.place));
  return {
    place: [access, ...permissions.map((row) => row.id), ...resources.map(({ place }) => place)].join(),
    node: {
      id: globalId("Policy", account, "UserGroup", group, id),
      access: access.toUpperCase(),
      permissionGroups: permissions.map(({ id, name, meta }) => ({
        id: globalId("PermissionGroup", account, id),
        cloudflareId: id,
        name,
        label: meta.label,
        meta: Object.entries(meta)
          .sort(([a], [b]) => byText(a, b))
          .map(([key, value]) => ({ key, value })),
      })),
      resourceGroups: resources.map(({ row: { id, name, scope } }) => ({
        id: globalId("ResourceGroup", account, id),
        cloudflareId: id,
        name,
        scopes: [{ key: scope.key, objects: scope.objects.map(({ key }) => ({ key })) }],
      })),
    },
  };
}

function ssoConnector(account: string, { id, email_domain, enabled, verification }: Connector) {
  return {
    id: globalId("SsoConnector", account, id),
    cloudflareId: id,
    emailDomain: email_domain,
    enabled,
    verification: verification ? { status: verification.status.toUpperCase() } : null,
  };
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as { variables: Variables };
  const data = await fullGraph(variables, request.headers.authorization ?? "");
  const body = Buffer.from(JSON.stringify({ data }));
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: Error) => response.writeHead(500).end(error.stack));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address && typeof address === "object") console.log(`http://127.0.0.1:${address.port}/graphql`);
});
process.once("SIGTERM", () => {
  server.close(() => process.exit());
  server.closeAllConnections();
});
