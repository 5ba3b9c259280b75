const prefix = "graphiql:answer:";

/** Characters of an answer that outlives a reload; the browser keeps about five million in all. */
const most = 1_000_000;

/** What stands for an answer that does not. */
const tooLarge = "";

const answers = new Map<string, string>();

/** Keeps the answer of a tab: of any size until the page is left, and over a reload unless it is too large. */
export function keepAnswer(tab: string, answer: string): void {
  if (answers.get(tab) === answer) return;
  answers.set(tab, answer);
  const key = prefix + tab;
  sessionStorage.removeItem(key);
  if (answer.length > most || !stored(key, answer)) stored(key, tooLarge);
}

/** Forgets the answer of a tab, and that it had one. */
export function forgetAnswer(tab: string): void {
  answers.delete(tab);
  sessionStorage.removeItem(prefix + tab);
}

/** The answer of a tab, if it is kept. */
export function answerOf(tab: string): string | null {
  return answers.get(tab) ?? (sessionStorage.getItem(prefix + tab) || null);
}

/** Whether a tab had an answer that was too large to be kept over a reload. */
export function wasTooLarge(tab: string): boolean {
  return !answers.has(tab) && sessionStorage.getItem(prefix + tab) === tooLarge;
}

function stored(key: string, answer: string): boolean {
  while (true) {
    try {
      sessionStorage.setItem(key, answer);
      return true;
    } catch {
      const other = Object.keys(sessionStorage).find((name) => name.startsWith(prefix) && sessionStorage.getItem(name));
      if (!other) return false;
      sessionStorage.setItem(other, tooLarge);
    }
  }
}
