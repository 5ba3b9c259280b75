import { answerKey, noRoom, storeInSession } from "./session-storage.ts";

/** Characters of an answer that outlives a reload; the browser keeps about five million in all. */
const most = 1_000_000;

const answers = new Map<string, string>();

/** Keeps the answer of a tab until the page is left, and over a reload if there is room. */
export function keepAnswer(tab: string, answer: string): void {
  if (answers.get(tab) === answer) return;
  answers.set(tab, answer);
  const key = answerKey(tab);
  sessionStorage.removeItem(key);
  if (answer.length > most || !storeInSession(key, answer)) storeInSession(key, noRoom);
}

/** Forgets the answer of a tab, and that it had one. */
export function forgetAnswer(tab: string): void {
  answers.delete(tab);
  sessionStorage.removeItem(answerKey(tab));
}

/** The answer of a tab, if it is kept. */
export function answerOf(tab: string): string | null {
  return answers.get(tab) ?? (sessionStorage.getItem(answerKey(tab)) || null);
}

/** Whether a tab had an answer that was not kept over a reload. */
export function hadNoRoom(tab: string): boolean {
  return !answers.has(tab) && sessionStorage.getItem(answerKey(tab)) === noRoom;
}
