import type { Server } from "node:http";
import type { GatewayStatus } from "./gateway-status.ts";
import type { Hooks } from "./hooks.ts";
import type { Logger } from "./log.ts";
import { listen } from "./serve-listen.ts";
import type { Settings } from "./settings.ts";

/** What a process counts, and where it is read. */
export interface ServedMetrics {
  hooks: Pick<Hooks, "onOperation" | "onCall" | "onRefusal">;
  /** Listens for whoever reads them, and asks for the health. */
  listen(isDraining: () => boolean, log: Logger): Promise<void>;
  close(): Promise<void>;
}

/** Makes the metrics of a process; without METRICS_PORT none, and nothing of them is loaded. */
export async function metricsOf(settings: Settings, status: () => GatewayStatus): Promise<ServedMetrics | undefined> {
  const { METRICS_PORT: port } = settings;
  if (port === false) return undefined;
  const [{ createMetrics }, { createMetricsServer }] = await Promise.all([
    import("./metrics.ts"),
    import("./metrics-server.ts"),
  ]);
  const metrics = createMetrics(status);
  let server: Server | undefined;
  return {
    hooks: metrics.hooks,
    listen: async (isDraining, log) => {
      server = createMetricsServer({ metrics, isDraining });
      const url = await listen(server, { PORT: port, HOST: settings.HOST }, "METRICS_PORT");
      log.info(`Metrics are at ${url}/metrics.`, { url });
    },
    close: async () => {
      server?.close();
      server?.closeAllConnections();
    },
  };
}
