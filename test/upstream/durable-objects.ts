import type { ObjectNamespace, ObjectState } from "../../src/upstream/durable-object.ts";

/** An object of the class under test. */
interface DurableObject {
  fetch(request: Request): Promise<Response>;
  alarm?(): Promise<void>;
}

/** Durable Objects of one class in this process, as Cloudflare has them: by name, one at a time, with a storage that outlives them. */
export function durableObjects(make: new (state: ObjectState) => DurableObject) {
  const stored = new Map<string, Map<string, unknown>>();
  const alarms = new Map<string, number>();
  let running = new Map<string, { object: DurableObject; ready: Promise<unknown> }>();
  const messages: { name: string; message: Record<string, unknown> }[] = [];
  let away = false;

  function open(name: string) {
    const known = running.get(name);
    if (known) return known;
    const values = stored.get(name) ?? new Map<string, unknown>();
    stored.set(name, values);
    let ready: Promise<unknown> = Promise.resolve();
    const object = new make({
      storage: {
        get: async (key) => values.get(key),
        put: async (key, value) => void values.set(key, structuredClone(value)),
        deleteAll: async () => void values.clear(),
        setAlarm: async (time) => void alarms.set(name, time),
      },
      blockConcurrencyWhile: <T>(run: () => Promise<T>) => {
        const done = run();
        ready = done;
        return done;
      },
    });
    const opened = { object, ready };
    running.set(name, opened);
    return opened;
  }

  const namespace: ObjectNamespace = {
    getByName: (name) => ({
      fetch: async (url, init) => {
        if (away) throw new Error("The object is not there");
        messages.push({ name, message: JSON.parse(String(init.body)) });
        const { object, ready } = open(name);
        await ready;
        return object.fetch(new Request(url, init));
      },
    }),
  };

  return {
    namespace,
    /** What objects were asked, in order. */
    messages,
    /** What is stored, by object. */
    stored,
    /** Takes all objects out of memory. */
    evict: () => {
      running = new Map();
    },
    /** Lets objects not answer, or answer again. */
    goAway: (now: boolean) => {
      away = now;
    },
    /** Lets the alarms go off that are due. */
    ring: async () => {
      for (const [name, time] of alarms) {
        if (time > Date.now()) continue;
        alarms.delete(name);
        const { object, ready } = open(name);
        await ready;
        await object.alarm?.();
      }
    },
  };
}
