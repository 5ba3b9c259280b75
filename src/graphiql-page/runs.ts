import { forgetAnswer, keepAnswer } from "./answers.ts";
import { Store } from "./store.ts";

/** The run of each tab that is not answered yet. */
const runs = new Map<string, Run>();

let last: Run | undefined;

/** The tab whose run was answered last: another object for each answer. */
export const answered = new Store<{ tab: string } | null>(null);

/** A run of a tab, from when it is sent until its answer. */
export class Run {
  readonly #tab: string;

  constructor(tab: string) {
    this.#tab = tab;
    forgetAnswer(tab);
    runs.set(tab, this);
    last = this;
  }

  /** Gives the tab its answer, unless it was run again since, or closed. */
  answer(answer: unknown): void {
    if (!this.#ends()) return;
    keepAnswer(this.#tab, JSON.stringify(answer, null, 2));
    answered.set({ tab: this.#tab });
  }

  /** Whether GraphiQL can show what comes from here on: the tab is shown, and nothing was run since. */
  streams(activeTab: string): boolean {
    return this.#ends() && activeTab === this.#tab && last === this;
  }

  #ends(): boolean {
    return runs.get(this.#tab) === this && runs.delete(this.#tab);
  }
}

/** Whether a tab waits for an answer. */
export function isRunning(tab: string): boolean {
  return runs.has(tab);
}

/** Forgets a tab that is closed: what it still waits for is kept nowhere. */
export function forgetTab(tab: string): void {
  runs.delete(tab);
  forgetAnswer(tab);
}
