import type { Call } from "../cloudflare/client.ts";
import { type Endpoint, isRead } from "../cloudflare/endpoint.ts";
import type { Admission } from "./admit/admission.ts";
import type { Deadline } from "./deadline.ts";
import type { Link } from "./link.ts";

/** What decides whether a call of one operation may go. */
export interface AdmitOptions {
  admission: Admission;
  deadline: Deadline;
  /** Whether the same read is in flight already, so that it costs nothing. */
  inFlight: (endpoint: Endpoint, params: never) => boolean;
}

/** Link: a call goes on once it is admitted; a read that is in flight already goes on at once. */
export function admit({ admission, deadline, inFlight }: AdmitOptions): Link {
  return (next): Call =>
    async (endpoint, params, body, options) => {
      const { route } = endpoint;
      if (!isRead(route)) {
        await admission.write(route);
        return next(endpoint, params, body, options);
      }
      const joins = () => !options?.fresh && inFlight(endpoint, params as never);
      if (joins()) return next(endpoint, params, body, options);
      const admitted = await admission.read(route).then(
        () => true,
        (refusal) => {
          // Another operation may have begun the read meanwhile.
          if (!joins()) throw refusal;
          return false;
        },
      );
      if (admitted && (joins() || deadline.passed)) admission.releaseCall();
      return next(endpoint, params, body, options);
    };
}
