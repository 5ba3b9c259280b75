/** Keys in which GraphiQL keeps the active tab once more. It would open a second tab where the two differ. */
const repeated = new Set(["graphiql:query", "graphiql:variables", "graphiql:headers"]);

/** Where GraphiQL keeps tabs, history and the sizes of its panes: in this browser. */
export const storage = {
  getItem: (key: string) => (repeated.has(key) ? null : localStorage.getItem(key)),
  setItem(key: string, value: string) {
    if (!repeated.has(key)) localStorage.setItem(key, value);
  },
  removeItem: (key: string) => localStorage.removeItem(key),
  clear() {
    for (const key of Object.keys(localStorage)) if (key.startsWith("graphiql:")) localStorage.removeItem(key);
  },
  get length() {
    return localStorage.length;
  },
};
