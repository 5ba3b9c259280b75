const key = "credential";

/** The reader's API token or JWT, kept until the tab is closed; at first the one that the page was built with. Empty for none. */
export function credential(): string {
  return sessionStorage.getItem(key) ?? import.meta.env.VITE_TOKEN ?? "";
}

/** Keeps another credential. */
export function setCredential(token: string): void {
  sessionStorage.setItem(key, token.trim());
}
