/**
 * Marks a field as a property of its object, too: `t.string({ ...plainProperty, resolve })` beside `get name()`. Compiled queries
 * read the property; everybody else calls the resolver, which may ask Cloudflare.
 */
export const plainProperty = { extensions: { plainProperty: true } };

/** Value of such a property if only the resolver knows it: the compiled query gives up, and starts over. */
export const NEEDS_RESOLVER: Error = new Error("not at hand");
