/**
 * @generated SignedSource<<1089244c541385087b780e4a64ec74b5>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type Confirmation = "LAST_SUPER_ADMINISTRATOR" | "OWN_MEMBERSHIP";
export type DeleteUserGroupInput = {
  accountId?: string | null | undefined;
  confirm?: ReadonlyArray<Confirmation> | null | undefined;
  userGroupId: string;
};
export type operationsDeleteGroupMutation$variables = {
  connections: ReadonlyArray<string>;
  input: DeleteUserGroupInput;
};
export type operationsDeleteGroupMutation$data = {
  readonly deleteUserGroup: {
    readonly __typename: string;
    readonly deletedId?: string;
    readonly message?: string;
  } | null | undefined;
};
export type operationsDeleteGroupMutation = {
  response: operationsDeleteGroupMutation$data;
  variables: operationsDeleteGroupMutation$variables;
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
  "name": "deletedId",
  "storageKey": null
},
v5 = {
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
    "name": "operationsDeleteGroupMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "deleteUserGroup",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              (v4/*:: as any*/)
            ],
            "type": "DeleteUserGroupPayload",
            "abstractKey": null
          },
          (v5/*:: as any*/)
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
    "name": "operationsDeleteGroupMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "deleteUserGroup",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              (v4/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "filters": null,
                "handle": "deleteEdge",
                "key": "",
                "kind": "ScalarHandle",
                "name": "deletedId",
                "handleArgs": [
                  {
                    "kind": "Variable",
                    "name": "connections",
                    "variableName": "connections"
                  }
                ]
              }
            ],
            "type": "DeleteUserGroupPayload",
            "abstractKey": null
          },
          (v5/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "165e91cd640cab8e41ebc41322d02916",
    "id": null,
    "metadata": {},
    "name": "operationsDeleteGroupMutation",
    "operationKind": "mutation",
    "text": "mutation operationsDeleteGroupMutation(\n  $input: DeleteUserGroupInput!\n) {\n  deleteUserGroup(input: $input) {\n    __typename\n    ... on DeleteUserGroupPayload {\n      deletedId\n    }\n    ... on MutationError {\n      __isMutationError: __typename\n      message\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "d829d18fb7fd282f735fd6099867ca2b";

export default node;
