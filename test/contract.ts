import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** A schema of OpenAPI 3.0, or of the JSON Schema that zod prints: what the witnesses look at in either. */
export interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  minItems?: number;
}

/** One parameter of an operation, in its path or its query. */
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

interface Content {
  content: { "application/json": { schema: Schema } };
}

/** One operation as Cloudflare publishes it. */
export interface Operation {
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

const { CLOUDFLARE_OPENAPI: path } = process.env;

/** Whether there is a contract to hold anything against. A path that leads nowhere throws: nobody skips by a typing error. */
export const published: boolean = path !== undefined;

const text = path === undefined ? '{"paths":{}}' : readFileSync(resolve(import.meta.dirname, "..", path), "utf8");
const document = JSON.parse(text) as Document;

/** Every operation by its heading, `GET /accounts`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
  ),
);

/** The operation of a route; throws where Cloudflare publishes none. */
export function operationOf(route: string): Operation {
  const operation = operations.get(route);
  if (!operation) throw new Error(`Cloudflare publishes no ${route}.`);
  return operation;
}

/**
 * Objects are closed for the comparison: what is sent or answered beyond the documented properties is a difference, too.
 * ajv knows `nullable`, takes `$ref` with siblings for both, and passes over `x-` keys, which is all that OpenAPI 3.0 asks.
 */
const closed = JSON.parse(text, (_, value) =>
  value?.properties && !("additionalProperties" in value) ? { ...value, additionalProperties: false } : value,
) as object;
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(closed, "cloudflare");

function validator(...keys: string[]): ValidateFunction {
  const pointer = keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  return ajv.compile({ $ref: `cloudflare#/${pointer}` });
}

const validators = new Map<string, ValidateFunction>();

/** What Cloudflare's schema has against a body of this route, each complaint once: `body.policies[]: lacks id`. */
export function aboutBody(route: string, body: unknown): string[] {
  return complaints(route, ["requestBody"], body, "body");
}

/** What it has against an answer: of a success under `200`, of a refusal under `4XX`. */
export function aboutAnswer(route: string, status: number, envelope: unknown): string[] {
  return complaints(route, ["responses", status < 400 ? String(status) : "4XX"], envelope, "");
}

function complaints(route: string, where: string[], value: unknown, root: string): string[] {
  const [method = "", path = ""] = route.split(" ");
  const key = [route, ...where].join(" ");
  const validate =
    validators.get(key) ??
    validator("paths", path, method.toLowerCase(), ...where, "content", "application/json", "schema");
  validators.set(key, validate);
  validate(value);
  return [...new Set((validate.errors ?? []).map((error) => inWords(error, root, value)))];
}

/** `/result/3/policies/0` becomes `result[].policies[]`. */
function inWords({ instancePath, keyword, params, message }: ErrorObject, root: string, value: unknown): string {
  const place = (root + instancePath.replace(/\/\d+(?=\/|$)/g, "[]").replaceAll("/", ".")).replace(/^\./, "");
  if (keyword === "required") return `${place}: lacks ${params.missingProperty}`;
  if (keyword === "additionalProperties") return `${place}: undocumented ${params.additionalProperty}`;
  if (keyword === "type" || keyword === "enum") return `${place}: is ${kindOf(at(value, instancePath))}`;
  return `${place}: ${message}`;
}

function at(value: unknown, pointer: string): unknown {
  let found = value;
  for (const key of pointer.split("/").slice(1)) found = (found as Record<string, unknown>)[key];
  return found;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "string" ? `"${value}"` : value === null ? "null" : `a ${typeof value}`;
}

/** The schema itself, wherever it is written. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...siblings } = schema;
  return { ...resolved(at(document, $ref.slice(1)) as Schema), ...siblings };
}

/** A value of every documented property, from the examples on the way; without one, what the type allows. */
export function exampleOf(schema: Schema): unknown {
  const { example, type, properties, items, default: preset, enum: words } = resolved(schema);
  if (example !== undefined) return example;
  if (properties) {
    return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, exampleOf(property)]));
  }
  if (items) return [exampleOf(items)];
  return words?.[0] ?? preset ?? { string: "text", boolean: true, number: 1 }[type ?? ""];
}
