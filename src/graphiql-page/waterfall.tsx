import type { Call, Upstream } from "./upstream.ts";

/** The REST calls of an operation, one below the other, each from when it was asked for until its end. */
export function Waterfall({ calls }: NonNullable<Upstream["analysis"]>) {
  const inOrder = calls.toSorted((one, other) => one.start - other.start);
  const end = Math.max(1, ...calls.map(({ start, milliseconds }) => start + milliseconds));
  return (
    <details className="waterfall" open>
      <summary>
        {calls.length} {calls.length === 1 ? "call" : "calls"} in {end} ms
      </summary>
      <table>
        <thead>
          <tr>
            <th>Call</th>
            <th>Status</th>
            <th>From the start</th>
            <th>ms</th>
          </tr>
        </thead>
        <tbody>
          {inOrder.map((call, index) => (
            // Calls of one route and time differ in their order only.
            <tr key={`${index} ${call.route}`}>
              <td>{breakable(call.route)}</td>
              <td>{how(call)}</td>
              <td className="bar" aria-hidden="true">
                <span
                  style={{
                    marginInlineStart: `${(100 * call.start) / end}%`,
                    inlineSize: `${Math.max(1, (100 * call.milliseconds) / end)}%`,
                  }}
                />
              </td>
              <td>
                {call.start} to {call.start + call.milliseconds}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** A route that may go on in the next line before each of its slashes. */
function breakable(route: string) {
  return route
    .split("/")
    .flatMap((part, index) => (index === 0 ? part : [<wbr key={`${index} ${part}`} />, `/${part}`]));
}

function how({ status, shared, remembered, attempts, age }: Call): string {
  if (remembered) return `remembered, ${age ?? 0} s old`;
  if (shared) return "shared";
  return `${status ?? "no answer"}${attempts > 1 ? `, ${attempts} attempts` : ""}`;
}
