import { registerHooks } from "node:module";

// Whatever asks for graphql gets version 17, which is installed under another name, in this repository and in its libraries.
registerHooks({
  resolve: (name, context, next) => next(name.replace(/^graphql(?=\/|$)/, "graphql-17"), context),
});
