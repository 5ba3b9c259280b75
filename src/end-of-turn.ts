/**
 * Whether this is Cloudflare's runtime for Workers. It ends a request that waits for what is done in another one's, makes no code
 * from text, and its `process.nextTick` runs among the microtasks.
 * [D] https://developers.cloudflare.com/workers/runtime-apis/web-standards/#navigatoruseragent
 */
export const isWorker = globalThis.navigator?.userAgent === "Cloudflare-Workers";

/**
 * Runs something when all promise jobs are done, those that others have caused included: by then all has been asked for that follows
 * from one answer.
 */
export const afterPromiseJobs: (run: () => void) => void = isWorker
  ? (run) => void setImmediate(run)
  : (run) => queueMicrotask(() => process.nextTick(run));
