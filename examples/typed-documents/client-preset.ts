import { graphql } from "./generated/gql.ts";

export const GroupCard = graphql(`
  fragment GroupCard on UserGroup { id name createdAt policies { access } }
`);

export const GroupCards = graphql(`
  query GroupCards($account: String!, $first: Int!) {
    account(id: $account) { userGroups(first: $first) { nodes { ...GroupCard } } }
  }
`);

export const CreateGroup = graphql(`
  mutation CreateGroup($input: CreateUserGroupInput!) {
    createUserGroup(input: $input) {
      __typename
      ... on CreateUserGroupPayload { userGroup { ...GroupCard } }
      ... on ConflictError { message sent }
      ... on MutationError { message }
    }
  }
`);
