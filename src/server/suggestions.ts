import { GraphQLError } from "graphql";

/** What graphql-js adds to a message where a name of the schema is near; before 16.12 it cannot be told not to. */
const suggestion = / Did you mean [^?]*\?$/;

/** Errors of a document or of its variables without names that the caller has not used. */
export function withoutSuggestions(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  return errors.map(withoutSuggestion);
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  const { message, nodes = null, originalError, extensions } = error;
  if (!suggestion.test(message)) return error;
  // That of a variable is around one of its value.
  const inner = originalError instanceof GraphQLError ? withoutSuggestion(originalError) : originalError;
  return new GraphQLError(message.replace(suggestion, ""), { nodes, originalError: inner, extensions });
}
