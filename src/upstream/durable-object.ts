/** A binding of a class of Durable Objects, as far as it is needed. */
export interface ObjectNamespace {
  getByName(name: string): { fetch(url: string, init: RequestInit): Promise<Response> };
}

/** What a Durable Object is made with, as far as it is needed. */
export interface ObjectState {
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    deleteAll(): Promise<void>;
    setAlarm(time: number): Promise<void>;
  };
  blockConcurrencyWhile<T>(run: () => Promise<T>): Promise<T>;
}

/** Whether something is an {@link ObjectNamespace}. */
export function isObjectNamespace(given: unknown): boolean {
  return (
    typeof given === "object" && given !== null && typeof (given as Partial<ObjectNamespace>).getByName === "function"
  );
}

/** How the objects of one class are asked. */
export interface AskedObjects {
  namespace: ObjectNamespace;
  /** Milliseconds that an object may take for an answer. */
  timeout: number;
  /** Told once when an object does not answer, and once when one does again. */
  onChange: (away: boolean) => void;
}

/** Makes what asks an object by its name, and gives its answer; `undefined` where there is none. It never rejects. */
export function objectAsker({ namespace, timeout, onChange }: AskedObjects) {
  let away = false;
  const note = (now: boolean) => {
    if (away !== now) onChange(now);
    away = now;
  };
  return async <Answer>(name: string, message: object): Promise<Answer | undefined> => {
    try {
      const signal = AbortSignal.timeout(timeout);
      // The URL only has to be one.
      const asked = { method: "POST", body: JSON.stringify(message), signal };
      const response = await namespace.getByName(name).fetch("https://durable-object/", asked);
      if (!response.ok) throw new Error(`It answered with ${response.status}`);
      const answer = (await response.json()) as Answer;
      note(false);
      return answer;
    } catch {
      note(true);
      return undefined;
    }
  };
}
