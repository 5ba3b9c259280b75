import { GraphQLError } from "graphql";

/**
 * What graphql-js adds to a message where a name of the schema is near: not each supported version can be told not to.
 * Bounded, because a message may repeat a long text of the caller's.
 */
const suggestion = / Did you mean [^?]{0,500}\?/g;

/** Errors of a document or of its variables without names that the caller has not used. */
export function withoutSuggestions(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  return errors.map(withoutSuggestion);
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  const { message, nodes = null, originalError, extensions } = error;
  const text = message.replace(suggestion, "");
  if (text === message) return error;
  // That of a variable is around one of its value.
  const inner = originalError instanceof GraphQLError ? withoutSuggestion(originalError) : originalError;
  return new GraphQLError(text, { nodes, originalError: inner, extensions });
}
