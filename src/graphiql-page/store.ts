import { useSyncExternalStore } from "react";
import { storeInSession } from "./session-storage.ts";

/** A value outside of React that components follow. */
export class Store<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get(): Value {
    return this.#value;
  }

  set(value: Value): void {
    if (value === this.#value) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** The value, and a new one whenever it changes: a hook. */
  use(): Value {
    return useSyncExternalStore(this.#subscribe, () => this.#value);
  }

  readonly #subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** A text that lives as long as this tab of the browser. */
export class SessionText extends Store<string> {
  readonly #key: string;

  constructor(key: string, initial: string) {
    super(sessionStorage.getItem(key) ?? initial);
    this.#key = key;
  }

  override set(value: string): void {
    super.set(value);
    storeInSession(this.#key, value);
  }
}
