import { createGateway, fetchTransport } from "../../src/index.ts";
import { createTransport } from "../../src/transport.ts";

/** One operation of a scenario, and how the transport is made. */
export interface Asked {
  says: string;
  baseUrl: string;
  query: string;
  headers: Record<string, string>;
  callTimeout: number;
}

/** What came of them, on whatever runtime this runs: `<runtime> runtime-script.ts <JSON of Asked[]>` prints it as JSON. */
async function answers(asked: Asked[]): Promise<Record<string, unknown>> {
  const told: Record<string, unknown> = {};
  for (const { says, baseUrl, query, headers, callTimeout } of asked) {
    const transport = fetchTransport({ callTimeout, maxResponseSize: 100_000 });
    const gateway = createGateway({ transport, baseUrl, callTimeout, retry: false, logging: false });
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query }),
    });
    told[says] = await response.json();
  }
  try {
    await createTransport().close();
    told.createTransport = "made";
  } catch (error) {
    told.createTransport = String(error);
  }
  return told;
}

const [, , given] = process.argv;
if (given) {
  console.log(JSON.stringify(await answers(JSON.parse(given))));
  // Some runtimes keep idle connections, and with them the process.
  process.exit(0);
}
