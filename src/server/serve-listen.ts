import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Settings, SettingsError } from "./settings.ts";

/** Listens where the settings say, `name` among them, and answers with the URL; where that cannot be, says which setting to change. */
export async function listen(
  server: Server,
  { PORT, HOST }: Pick<Settings, "PORT" | "HOST">,
  name = "PORT",
): Promise<string> {
  const nowhere = `There is no host ${HOST}. Set HOST to an address of this machine, such as 127.0.0.1.`;
  const advice: Record<string, string> = {
    EADDRINUSE: `Port ${PORT} is taken. Set ${name} to another one, or 0 for any that is free.`,
    EACCES: `Port ${PORT} may not be used by this user. Set ${name} to one above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${HOST}. Set HOST to one it has, such as 127.0.0.1.`,
    ENOTFOUND: nowhere,
    EAI_AGAIN: nowhere,
  };
  try {
    await once(server.listen(PORT, HOST), "listening");
  } catch (error) {
    const said = advice[(error as NodeJS.ErrnoException).code ?? ""];
    throw said ? new SettingsError(said, { cause: error }) : error;
  }
  const { port } = server.address() as AddressInfo;
  return `http://${HOST.includes(":") ? `[${HOST}]` : HOST}:${port}`;
}
