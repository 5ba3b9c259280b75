export { createWorker } from "./server/worker.ts";
