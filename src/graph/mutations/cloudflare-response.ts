import type { ApiErrorDetail, CloudflareError } from "../../cloudflare/error.ts";
import { builder } from "../builder.ts";
import { assumes } from "../cost.ts";

/** Cloudflare's response, if there was one. */
export type CloudflareResponseInfo = Pick<CloudflareError, "route" | "status" | "errors" | "rayId">;

const CloudflareErrorDetailRef = builder.objectRef<ApiErrorDetail>("CloudflareErrorDetail");
CloudflareErrorDetailRef.implement({
  description: "An error returned by Cloudflare.",
  fields: (t) => ({
    code: t.exposeInt("code", { description: "Cloudflare's code; the IAM service repeats the HTTP status here." }),
    message: t.exposeString("message", { nullable: false, description: "Cloudflare's message, unchanged." }),
    pointer: t.exposeString("pointer", { description: "JSON pointer into the body that was sent; rarely given." }),
    documentationUrl: t.exposeString("documentationUrl", {
      description: "URL of Cloudflare's documentation of the code.",
    }),
  }),
});

export const CloudflareResponseRef = builder.objectRef<CloudflareResponseInfo>("CloudflareResponse");
CloudflareResponseRef.implement({
  description: "Cloudflare's response to a rejected call.",
  fields: (t) => ({
    route: t.exposeString("route", {
      nullable: false,
      description: "Endpoint of the call, with names in place of IDs.",
    }),
    status: t.exposeInt("status", { description: "HTTP status." }),
    errors: t.field({
      type: [CloudflareErrorDetailRef],
      nullable: false,
      ...assumes(1),
      description: "Cloudflare's errors; empty if the body could not be read.",
      resolve: ({ errors }) => errors,
    }),
    rayId: t.exposeString("rayId", { description: "Cloudflare's ID of the response, for its support." }),
  }),
});
