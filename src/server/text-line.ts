/** What every line has. */
interface Line {
  level: string;
  time: string;
  message: string;
  error?: string | { stack?: string; message?: string };
  [detail: string]: unknown;
}

/** A line of JSON as people read it: time, level, message, and details as `name=value`; a stack on lines of its own. */
export function textLine(json: string): string {
  const { level, time, message, error, requestId, ...details } = JSON.parse(json) as Line;
  // A refusal tells the rest in its message.
  const shown = message === "operation" ? Object.entries({ requestId, ...details }) : [];
  const words = shown.filter(([, value]) => value !== null && value !== undefined && value !== 0 && value !== false);
  const told = words.map(([name, value]) => `${name}=${typeof value === "object" ? [value].flat().join() : value}`);
  const thrown = typeof error === "object" ? (error.stack ?? error.message) : error;
  const stack = thrown === undefined ? "" : `\n${thrown}`;
  return `${[time, level.toUpperCase().padEnd(5), message, ...told].join(" ")}${stack}\n`;
}
