import * as z from "zod";
import { endpoint } from "./endpoint.ts";

/** The person to whom a credential belongs. A token that an account owns has none. */
export const User = z.object({ id: z.string().nullish(), email: z.string().nullish() });
export type User = z.output<typeof User>;

/** Who the credential is. It belongs to no account. */
export const user = { get: endpoint("GET /user", { result: User }) };
