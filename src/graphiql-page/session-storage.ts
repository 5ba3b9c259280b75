const prefix = "graphiql:answer:";

/** What stands for an answer for which there is no room. */
export const noRoom = "";

/** The key under which the answer of a tab is kept. */
export function answerKey(tab: string): string {
  return prefix + tab;
}

/** Keeps a text as long as this tab of the browser lives. Answers that are kept give way to it. */
export function storeInSession(key: string, text: string): boolean {
  while (true) {
    try {
      sessionStorage.setItem(key, text);
      return true;
    } catch {
      const answer = Object.keys(sessionStorage).find(
        (name) => name.startsWith(prefix) && sessionStorage.getItem(name),
      );
      if (!answer) return false;
      sessionStorage.setItem(answer, noRoom);
    }
  }
}
