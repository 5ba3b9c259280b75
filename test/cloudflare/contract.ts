import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** A schema of OpenAPI 3.0, or of the JSON Schema that zod prints: as much of either as is looked at here. */
export interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  readOnly?: boolean;
  default?: unknown;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  minItems?: number;
}

interface Content {
  content: { "application/json": { schema: Schema } };
}

/** One operation as Cloudflare publishes it. */
export interface Operation {
  parameters?: { name: string; in: "path" | "query"; required?: boolean; schema: Schema }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const { CLOUDFLARE_OPENAPI: path } = process.env;

/** Whether there is a contract to hold anything against: `CLOUDFLARE_OPENAPI` is set. */
export const published: boolean = path !== undefined;

// A path that leads nowhere throws, so that nobody skips the contract by a typing error.
const text = path === undefined ? '{"paths":{}}' : readFileSync(resolve(import.meta.dirname, "../..", path), "utf8");
const openApi = JSON.parse(text) as OpenApi;

/** Every published operation by its heading, as our rows have it: `GET /accounts`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
  ),
);

/** Rows of ours that the published file does not have, each with its witness. */
export const unpublished: Readonly<Record<string, string>> = {
  "GET /user": "the file is of IAM alone; the SDK has it",
  "GET /zones": "the file is of IAM alone; the SDK has it",
  "GET /zones/{zone_id}": "the file is of IAM alone; the SDK has it",
  "GET /accounts/{account_id}/tokens": "the file is of IAM alone; the SDK has it",
  "GET /accounts/{account_id}/tokens/{token_id}": "the file is of IAM alone; the SDK has it",
};

/** `GET` of `GET /accounts`. */
export function methodOf(route: string): string {
  return route.slice(0, route.indexOf(" "));
}

/** `GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members` is about `user_groups.members`. */
export function nounOf(route: string): string {
  const words = route.split("/").filter((segment) => /^\w+$/.test(segment) && segment !== "iam");
  return words.length > 1 ? words.slice(1).join(".") : words.join("");
}

/** The operation of a route; throws where Cloudflare publishes none. */
export function operationOf(route: string): Operation {
  const operation = operations.get(route);
  if (!operation) throw new Error(`Cloudflare publishes no ${route}.`);
  return operation;
}

/** A published schema by its name. */
export function schemaOf(name: string): Schema {
  const schema = openApi.components.schemas[name];
  if (!schema) throw new Error(`Cloudflare publishes no ${name}.`);
  return resolved(schema);
}

/** What lies under `$ref`, with the keys that stand beside it. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...siblings } = schema;
  return { ...resolved(at(openApi, $ref.slice(1)) as Schema), ...siblings };
}

/** The schema of what is sent, if anything is. */
export function bodyOf(route: string): Schema | undefined {
  const schema = operationOf(route).requestBody?.content["application/json"].schema;
  return schema && resolved(schema);
}

/** The schema of the envelope's `result`, if it has one. */
export function resultOf(route: string): Schema | undefined {
  const envelope = operationOf(route).responses["200"]?.content["application/json"].schema;
  const schema = envelope && resolved(envelope).properties?.result;
  return schema && resolved(schema);
}

/** Every form that a body may have. */
export function formsOf(schema: Schema | undefined): Schema[] {
  return schema?.anyOf?.map(resolved) ?? (schema ? [schema] : []);
}

/** A schema without what only answers have. */
export function writable(schema: Schema): Schema {
  const { properties, items, ...rest } = resolved(schema);
  const own = Object.entries(properties ?? {}).filter(([, property]) => !resolved(property).readOnly);
  return {
    ...rest,
    ...(items && { items: writable(items) }),
    ...(properties && { properties: Object.fromEntries(own.map(([name, each]) => [name, writable(each)])) }),
  };
}

/** A value with every documented property, from the examples on the way; without one, from what the type allows. */
export function exampleOf(schema: Schema): unknown {
  const { example, type = "", properties, items, default: preset, enum: words } = resolved(schema);
  if (example !== undefined) return example;
  if (items) return [exampleOf(items)];
  if (!properties) return words?.[0] ?? preset ?? { string: "text", boolean: true, integer: 1000, number: 1 }[type];
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, exampleOf(property)]));
}

/** Every enum of a schema with its place: `.policies[].access: allow | deny`. */
export function wordsOf(schema: Schema | undefined, place = ""): string[] {
  const { enum: words, properties = {}, items, anyOf = [] } = schema ? resolved(schema) : {};
  const found = [
    ...(words ? [`${place}: ${words.toSorted().join(" | ")}`] : []),
    ...(items ? wordsOf(items, `${place}[]`) : []),
    ...anyOf.flatMap((each) => wordsOf(each, place)),
    ...Object.entries(properties).flatMap(([name, property]) => wordsOf(property, `${place}.${name}`)),
  ];
  return [...new Set(found)].toSorted();
}

// Objects are closed: what goes beyond the documented properties is a difference, too. The rest of OpenAPI 3.0 ajv takes
// as it is: it knows `nullable`, applies both `$ref` and what stands beside it, and passes over `x-` keys.
const closed = JSON.parse(text, (_, value) =>
  value?.properties && !("additionalProperties" in value) ? { ...value, additionalProperties: false } : value,
) as object;
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(closed, "cloudflare");

/** What Cloudflare's schema has against a body, each complaint once: `policies[]: lacks id`. Of several forms the nearest counts. */
export function aboutBody(route: string, body: unknown): string[] {
  const where = ["paths", ...keysOf(route), "requestBody"];
  const forms = bodyOf(route)?.anyOf?.map((form, i) => {
    const { required = [] } = resolved(form);
    const said = complaints(where, body, ["anyOf", String(i)]);
    const fits = required.filter((name) => name in (body as object)).length;
    return { said, far: said.filter((each) => each.startsWith(":")).length - 2 * fits };
  });
  return forms?.sort((a, b) => a.far - b.far)[0]?.said ?? complaints(where, body);
}

/** What it has against an envelope: of a success as documented under 200, of a refusal under 4XX. */
export function aboutAnswer(route: string, status: number, envelope: unknown): string[] {
  return complaints(["paths", ...keysOf(route), "responses", status < 400 ? String(status) : "4XX"], envelope);
}

function keysOf(route: string): [path: string, method: string] {
  return [route.slice(route.indexOf("/")), methodOf(route).toLowerCase()];
}

function complaints(where: string[], value: unknown, form: string[] = []): string[] {
  const keys = [...where, "content", "application/json", "schema", ...form];
  const pointer = keys.map((key) => encodeURIComponent(key.replaceAll("/", "~1"))).join("/");
  const validate = ajv.getSchema(`cloudflare#/${pointer}`) as ValidateFunction | undefined;
  if (!validate) throw new Error(`Cloudflare publishes no ${where.join(" ")}.`);
  validate(value);
  return [...new Set((validate.errors ?? []).map((error) => inWords(error, value)))];
}

function inWords({ instancePath, keyword, params, message }: ErrorObject, value: unknown): string {
  const place = instancePath
    .replace(/\/\d+(?=\/|$)/g, "[]")
    .replace(/^\//, "")
    .replaceAll("/", ".");
  if (keyword === "required") return `${place}: lacks ${params.missingProperty}`;
  if (keyword === "additionalProperties") return `${place}: undocumented ${params.additionalProperty}`;
  if (keyword === "type" || keyword === "enum") return `${place}: is ${kindOf(at(value, instancePath))}`;
  return `${place}: ${message}`;
}

function kindOf(value: unknown): string {
  if (value === null || typeof value === "string") return JSON.stringify(value);
  return Array.isArray(value) ? "an array" : typeof value;
}

/** The value at a JSON pointer. */
function at(value: unknown, pointer: string): unknown {
  const keys = pointer.split("/").slice(1);
  return keys.reduce((found, key) => (found as Record<string, unknown>)[key.replaceAll("~1", "/")], value);
}
