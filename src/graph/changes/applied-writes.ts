import { type Endpoint, isRead } from "../../cloudflare/endpoint.ts";
import { CloudflareError } from "../../cloudflare/error.ts";
import { type Member, members } from "../../cloudflare/members.ts";
import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import type { Loaders } from "../../loaders/loaders.ts";
import { conflict } from "../mutations/input.ts";
import { aboutTheCaller } from "../mutations/mutation.ts";
import { toMutationError } from "../mutations/mutation-error-mapping.ts";
import type { CallOutcome } from "../mutations/mutation-errors.ts";
import { placeholderOf } from "./placeholders.ts";
import { type PlannedCall, pathOf } from "./planned-calls.ts";
import { sayTheSame } from "./same-policies.ts";
import { withRealIds } from "./state-after.ts";

/** A call that writes, and what became of it. */
export interface AppliedWrite {
  call: PlannedCall;
  outcome: CallOutcome;
}

/** What the writes of one operation are held against. */
interface AppliedOptions {
  loaders: Loaders;
  /** All writes, in order. */
  planned: readonly PlannedCall[];
  /** Whether the gateway is shutting down. */
  stopping: () => boolean;
}

/**
 * Loaders through which only what was planned is written, change by change and each once: after a failure nothing more is sent. What is
 * written is made of what was read, so that this must be what the plan was made of.
 */
export class AppliedWrites {
  readonly writes: AppliedWrite[];
  readonly loaders: Loaders;
  #change = 0;
  #seen: ReadonlyMap<string, unknown> = new Map();
  /** The changes that created something, by the IDs that it got. */
  readonly created = new Map<string, number>();
  readonly #options: AppliedOptions;
  #last: AppliedWrite | undefined;
  #stopped: CloudflareError | undefined;

  constructor(options: AppliedOptions) {
    const { loaders, planned } = options;
    this.#options = options;
    this.writes = planned.map((call) => ({ call, outcome: "notSent" }));
    this.loaders = Object.create(loaders, {
      one: { value: this.#one },
      send: { value: this.#send },
    });
  }

  /** Whether any call was tried. */
  get tried(): boolean {
    return this.writes.some(({ outcome }) => outcome !== "notSent");
  }

  /** Whether any call was done, or may have been. */
  get done(): boolean {
    return this.writes.some(({ outcome }) => outcome === "done" || outcome === "unknown");
  }

  /** Begins a change, with the records that it was planned with: by their route, and their ID there. */
  begin(change: number, seen: ReadonlyMap<string, unknown>): void {
    this.#change = change;
    this.#seen = seen;
  }

  /** The write that was sent last was done after all. */
  confirm(): void {
    if (this.#last?.outcome === "unknown") this.#last.outcome = "done";
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stopped ??= unsent("It was not sent, because something before it failed.");
  }

  readonly #one: Loaders["one"] = async (resource, parent, id) => {
    const found = await this.#options.loaders.one(resource, parent, id);
    const { route } = resource.get;
    const seen = this.#seen.get(`${route} ${this.#named(id, placeholderOf)}`);
    if (seen !== undefined && !isSame(route, found, seen, this.#realId)) {
      this.stop();
      throw conflict("It was changed by somebody else since it was previewed; what was not sent before was not sent.");
    }
    return found;
  };

  readonly #send: Loaders["send"] = async (endpoint, params, body, mutation) => {
    const { loaders, stopping } = this.#options;
    if (isRead(endpoint.route)) return loaders.send(endpoint, params, body, mutation);
    if (this.#last && this.#last.outcome !== "done") this.stop();
    if (stopping())
      this.#stopped ??= unsent("The gateway is shutting down: this call and those after it were not sent.");
    if (this.#stopped) throw this.#stopped;
    // Those of one change may come in another order: a list has another one once it has another record.
    const write = this.writes.find(
      ({ call, outcome }) => outcome === "notSent" && this.#isPlanned(call, endpoint, params as object),
    );
    if (!write) {
      this.stop();
      throw conflict(
        "Something was changed since the preview, so that another call would be made than planned. It was not sent.",
      );
    }
    this.#last = write;
    write.outcome = "unknown";
    try {
      const answer = await loaders.send(endpoint, params, body, mutation);
      write.outcome = "done";
      return answer;
    } catch (error) {
      write.outcome = error instanceof CloudflareError ? outcomeOf(error) : "unknown";
      throw error;
    }
  };

  readonly #realId = (id: string): string => {
    for (const [real, change] of this.created) if (id === placeholderOf(change)) return real;
    return id;
  };

  /** An ID or, of what was created, what stands for it. */
  #named(id: string, nameOf: (change: number) => string): string {
    const change = this.created.get(id);
    return change === undefined ? id : nameOf(change);
  }

  #isPlanned({ change, method, path }: PlannedCall, endpoint: Endpoint, params: object): boolean {
    if (change !== this.#change) return false;
    const named = Object.entries(params).map(([name, value]) => [
      name,
      this.#named(String(value), (change) => `#${change}`),
    ]);
    return endpoint.route.startsWith(`${method} `) && path === pathOf(endpoint, Object.fromEntries(named));
  }
}

function unsent(message: string): CloudflareError {
  return new CloudflareError("", message, { kind: "unavailable" });
}

/** What a failure says of the write. */
function outcomeOf(error: CloudflareError): CallOutcome {
  const { kind, status, done } = error;
  if (done) return "done";
  // Of an answer that cannot be read nothing is known.
  if (kind === "invalid_response" && status !== null && status < 300) return "unknown";
  if (aboutTheCaller.has(kind)) return status === null ? "notSent" : "failed";
  const data = toMutationError(error, false, () => []);
  if (data.type === "UpstreamError") {
    if (data.outcome === "NOT_SENT") return "notSent";
    return data.outcome === "REFUSED" ? "failed" : "unknown";
  }
  return status === null ? "notSent" : "failed";
}

/** Whether a record is what it was when something was planned with it, as far as it is written again. */
function isSame(route: string, found: unknown, seen: unknown, realId: (id: string) => string): boolean {
  if (route === userGroups.get.route) {
    const [now, then] = [found as UserGroup, seen as UserGroup];
    return (now.name ?? null) === (then.name ?? null) && sayTheSame(now.policies, withRealIds(then.policies, realId));
  }
  if (route !== members.get.route) return true;
  const [now, then] = [found as Member, seen as Member];
  return (now.status ?? null) === (then.status ?? null);
}
