import { graphql } from "relay-runtime";

// The compiler reads this file, and writes an artifact for each of them. In an application with `babel-plugin-relay` they stand in
// its components.

/** A failed field throws, so that what is null only then has a type without null. */
export const groupsQuery = graphql`
  query operationsGroupsQuery($account: String!) @throwOnFieldError {
    account(id: $account) {
      id
      ...operationsGroups_account
    }
  }
`;

/** A list that grows by the page, of its own query: `operationsGroupsPaginationQuery`. */
export const groupsFragment = graphql`
  fragment operationsGroups_account on Account
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "operationsGroupsPaginationQuery")
  @throwOnFieldError {
    userGroups(first: $count, after: $cursor) @connection(key: "Account_userGroups") {
      __id
      edges {
        node {
          id
          name
          policies {
            id
          }
        }
      }
    }
  }
`;

/** The new group is put at the end of the lists that are shown. */
export const createGroup = graphql`
  mutation operationsCreateGroupMutation($input: CreateUserGroupInput!, $connections: [ID!]!) {
    createUserGroup(input: $input) {
      __typename
      ... on CreateUserGroupPayload {
        userGroupEdge @appendEdge(connections: $connections) {
          cursor
          node {
            id
            name
            policies {
              id
            }
          }
        }
      }
      ... on MutationError {
        message
      }
    }
  }
`;

/** The deleted group is taken out of them. */
export const deleteGroup = graphql`
  mutation operationsDeleteGroupMutation($input: DeleteUserGroupInput!, $connections: [ID!]!) {
    deleteUserGroup(input: $input) {
      __typename
      ... on DeleteUserGroupPayload {
        deletedId @deleteEdge(connections: $connections)
      }
      ... on MutationError {
        message
      }
    }
  }
`;

/** What has failed is a value beside the rest. */
export const membersQuery = graphql`
  query operationsMembersQuery($group: ID!, $first: Int!) {
    node(id: $group) {
      ... on UserGroup {
        name
        members(first: $first) @catch(to: RESULT) {
          nodes {
            email
          }
        }
      }
    }
  }
`;
