import type { CallSpan, OperationSpan, Tracing } from "./hooks.ts";
import { type Logger, safely } from "./log.ts";

/** Tracing whose exceptions are logged, and disturb nothing: what could not begin is not followed. */
export function safeTracing(tracing: Tracing, log: Logger): (headers: Headers) => OperationSpan | undefined {
  const begin = <T>(start: () => T): T | undefined => {
    let begun: T | undefined;
    safely(() => {
      begun = start();
    }, log)(undefined);
    return begun;
  };
  return (headers) => {
    const span = begin(() => tracing.operation(headers));
    if (!span) return undefined;
    return {
      call: (call) => {
        const started = begin(() => span.call(call));
        return started ? { headers: started.headers, end: safely((outcome) => started.end(outcome), log) } : untold;
      },
      end: safely((event) => span.end(event), log),
    };
  };
}

const untold: CallSpan = { headers: {}, end: () => {} };
