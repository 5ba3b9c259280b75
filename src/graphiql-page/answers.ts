const prefix = "graphiql:answer:";

/** Characters of an answer that is kept; the browser keeps about five million in all. */
const most = 1_000_000;

/** Keeps the answer of a tab as long as this tab of the browser lives; a very long one not at all. */
export function keepAnswer(tab: string, answer: string | null): void {
  const key = prefix + tab;
  sessionStorage.removeItem(key);
  if (!answer || answer.length > most) return;
  while (!kept(key, answer)) {
    const other = Object.keys(sessionStorage).find((name) => name.startsWith(prefix));
    if (!other) return;
    sessionStorage.removeItem(other);
  }
}

/** The answer of a tab, if it is kept. */
export function answerOf(tab: string): string | null {
  return sessionStorage.getItem(prefix + tab);
}

function kept(key: string, answer: string): boolean {
  try {
    sessionStorage.setItem(key, answer);
    return true;
  } catch {
    return false;
  }
}
