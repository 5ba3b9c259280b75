/**
 * @generated SignedSource<<4637713d42d746d1d0a3d504f9569f32>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type Access = "ALLOW" | "DENY";
export type CreateUserGroupInput = {
  accountId: string;
  name: string;
  policies?: ReadonlyArray<PolicyInput> | null | undefined;
};
export type PolicyInput = {
  access: Access;
  permissionGroupIds?: ReadonlyArray<string> | null | undefined;
  permissionGroupLabels?: ReadonlyArray<string> | null | undefined;
  resourceGroups: ReadonlyArray<PolicyResourceGroupInput>;
};
export type PolicyResourceGroupInput = {
  id: string;
  scope?: never;
} | {
  id?: never;
  scope: ScopeInput;
};
export type ScopeInput = {
  account: boolean;
  raw?: never;
  zoneIds?: never;
} | {
  account?: never;
  raw: RawScopeInput;
  zoneIds?: never;
} | {
  account?: never;
  raw?: never;
  zoneIds: ReadonlyArray<string>;
};
export type RawScopeInput = {
  key: string;
  objects: ReadonlyArray<string>;
};
export type operationsCreateGroupMutation$variables = {
  connections: ReadonlyArray<string>;
  input: CreateUserGroupInput;
};
export type operationsCreateGroupMutation$data = {
  readonly createUserGroup: {
    readonly __typename: string;
    readonly message?: string;
    readonly userGroupEdge?: {
      readonly cursor: string;
      readonly node: {
        readonly id: string;
        readonly name: string | null | undefined;
        readonly policies: ReadonlyArray<{
          readonly id: string;
        }> | null | undefined;
      } | null | undefined;
    } | null | undefined;
  } | null | undefined;
};
export type operationsCreateGroupMutation = {
  response: operationsCreateGroupMutation$data;
  variables: operationsCreateGroupMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "connections"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "input"
},
v2 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "concreteType": "UserGroupEdge",
  "kind": "LinkedField",
  "name": "userGroupEdge",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "cursor",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "UserGroup",
      "kind": "LinkedField",
      "name": "node",
      "plural": false,
      "selections": [
        (v4/*:: as any*/),
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "name",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "concreteType": "Policy",
          "kind": "LinkedField",
          "name": "policies",
          "plural": true,
          "selections": [
            (v4/*:: as any*/)
          ],
          "storageKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "storageKey": null
},
v6 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "message",
      "storageKey": null
    }
  ],
  "type": "MutationError",
  "abstractKey": "__isMutationError"
};
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "operationsCreateGroupMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "createUserGroup",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              (v5/*:: as any*/)
            ],
            "type": "CreateUserGroupPayload",
            "abstractKey": null
          },
          (v6/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "operationsCreateGroupMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "createUserGroup",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              (v5/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "filters": null,
                "handle": "appendEdge",
                "key": "",
                "kind": "LinkedHandle",
                "name": "userGroupEdge",
                "handleArgs": [
                  {
                    "kind": "Variable",
                    "name": "connections",
                    "variableName": "connections"
                  }
                ]
              }
            ],
            "type": "CreateUserGroupPayload",
            "abstractKey": null
          },
          (v6/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "2cf545267044a632c357ec4d895c0072",
    "id": null,
    "metadata": {},
    "name": "operationsCreateGroupMutation",
    "operationKind": "mutation",
    "text": "mutation operationsCreateGroupMutation(\n  $input: CreateUserGroupInput!\n) {\n  createUserGroup(input: $input) {\n    __typename\n    ... on CreateUserGroupPayload {\n      userGroupEdge {\n        cursor\n        node {\n          id\n          name\n          policies {\n            id\n          }\n        }\n      }\n    }\n    ... on MutationError {\n      __isMutationError: __typename\n      message\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "1ca387b7f778de5c15a566ce133c8e7e";

export default node;
