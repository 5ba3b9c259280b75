import type { Body } from "../../cloudflare/endpoint.ts";
import type { userGroups } from "../../cloudflare/user-groups.ts";

/** A policy as it is sent: without an id. */
export type WrittenPolicy = NonNullable<Body<typeof userGroups.create>["policies"]>[number];

/** A scope as it is sent. */
export type WrittenScope = { key: string; objects: { key: string }[] };
