import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionsError } from "../../../src/options.ts";
import { anyDocumentOf, type CallerRule, type Claims, rightsOf } from "../../../src/server/callers/rules.ts";
import { parseRules } from "../../../src/server/callers/rules-file.ts";
import { allows } from "../../../src/upstream/rights.ts";
import { runs } from "../../property.ts";

const acme = "023e105f4ecef8ad9ca31a8372d0c353";
const other = "11111111111111111111111111111111";

/** What claims give, by rules, as an object. */
const rights = (rules: readonly CallerRule[], claims: object) => Object.fromEntries(rightsOf(rules, claims as Claims));

const reads = (claims: CallerRule["claims"]): CallerRule => ({ claims, accounts: [acme], access: "read" });

describe("a claim matches", () => {
  test.each<[CallerRule["claims"], object]>([
    [{ email: "a@example.com" }, { email: "a@example.com" }],
    [{ groups: "staff" }, { groups: ["admins", "staff"] }],
    [{ level: 3 }, { level: 3 }],
    [{ level: 3 }, { level: [1, 3] }],
    [{ email_verified: true }, { email_verified: true }],
    [
      { groups: "staff", email_verified: true },
      { groups: ["staff"], email_verified: true, more: 1 },
    ],
    [{ custom: { groups: "staff" } }, { custom: { groups: ["staff"], more: 1 } }],
    [{ roles: { name: "staff" } }, { roles: [{ name: "guest" }, { name: "staff" }] }],
    [{ "https://example.com/groups": "staff" }, { "https://example.com/groups": ["staff"] }],
  ])("%j: %j", (claims, given) => {
    expect(rights([reads(claims)], given)).toEqual({ [acme]: "read" });
  });
});

describe("a claim does not match", () => {
  test.each<[CallerRule["claims"], object]>([
    [{ groups: "staff" }, {}],
    [{ groups: "staff" }, { groups: "staff-of-another-company" }],
    [{ groups: "staff" }, { groups: "Staff" }],
    [{ groups: "staff" }, { groups: "admins staff" }],
    [{ groups: "staff" }, { groups: "admins,staff" }],
    [{ groups: "*" }, { groups: ["staff"] }],
    [{ groups: "st.*" }, { groups: ["staff"] }],
    [{ groups: "staff" }, { groups: [["staff"]] }],
    [{ groups: "staff" }, { groups: { staff: true } }],
    [{ groups: "staff" }, { groups: null }],
    [{ groups: "staff" }, { Groups: ["staff"] }],
    [{ level: 3 }, { level: "3" }],
    [{ level: "3" }, { level: 3 }],
    [{ email_verified: true }, { email_verified: "true" }],
    [{ email_verified: true }, { email_verified: 1 }],
    [{ groups: "staff", email_verified: true }, { groups: ["staff"] }],
    [{ custom: { groups: "staff" } }, { custom: "staff", groups: ["staff"] }],
    [{ custom: { groups: "staff" } }, { custom: null }],
    [{ constructor: "x" }, {}],
    [{ length: 1 }, { other: ["x"] }],
    [{ groups: { length: 1 } }, { groups: ["x"] }],
  ])("%j: %j", (claims, given) => {
    expect(rights([reads(claims)], given)).toEqual({});
  });
});

describe("rules that match add up", () => {
  const rules: CallerRule[] = [
    { claims: { groups: "readers" }, accounts: "*", access: "read" },
    { claims: { groups: "writers" }, accounts: [acme], access: "write" },
    { claims: { groups: "auditors" }, accounts: [acme, other], access: "read" },
  ];

  test.each<[string[], object]>([
    [[], {}],
    [["nobody"], {}],
    [["readers"], { "*": "read" }],
    [["writers"], { [acme]: "write" }],
    [["writers", "auditors"], { [acme]: "write", [other]: "read" }],
    [["auditors", "readers", "writers"], { "*": "read", [acme]: "write", [other]: "read" }],
  ])("%j", (groups, expected) => {
    expect(rights(rules, { groups })).toEqual(expected);
    expect(rights(rules.toReversed(), { groups })).toEqual(expected);
  });

  test("one more rule, or one more group, never takes a right away", () => {
    const groups = fc.constantFrom("a", "b", "c", "d");
    const rule = fc.record<CallerRule>({
      claims: fc.record({ groups }),
      accounts: fc.oneof(fc.constant("*" as const), fc.subarray([acme, other], { minLength: 1 })),
      access: fc.constantFrom("read", "write"),
    });
    fc.assert(
      fc.property(fc.array(rule), rule, fc.array(groups), groups, (rules, more, has, another) => {
        const before = rightsOf(rules, { groups: has });
        const after = rightsOf([...rules, more], { groups: [...has, another] });
        for (const account of [acme, other, "*"])
          for (const needs of ["read", "write"] as const)
            if (allows(before, account, needs)) expect(allows(after, account, needs)).toBe(true);
      }),
      runs(300),
    );
  });
});

/** The lines with which a file is refused. */
function refusal(text: string): string[] {
  try {
    return [`taken: ${JSON.stringify(parseRules(text, "CALLERS_FILE"))}`];
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as Error).message.split("\n");
  }
}

test("any document may be sent by callers of a rule that says so, and its rights are those of other rules", () => {
  const rules: CallerRule[] = [
    { claims: { groups: "developers" }, accounts: "*", access: "read", documents: "any" },
    { claims: { groups: "staff" }, accounts: "*", access: "write" },
  ];
  expect(rights(rules, { groups: ["developers"] })).toEqual({ "*": "read" });
  expect(anyDocumentOf(rules, { groups: ["developers", "staff"] })).toBe(true);
  expect(anyDocumentOf(rules, { groups: ["staff"] })).toBe(false);
});

describe("a file that is no file of rules is refused, each problem by its place", () => {
  const rule = { claims: { groups: "staff" }, accounts: "*", access: "read" };
  const file = (...rules: object[]) => JSON.stringify({ rules });
  const accounts = 'a list of account IDs, or "*" for all accounts';

  test.each<[string, string[]]>([
    ["", ["CALLERS_FILE is not JSON."]],
    ["Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY", ["CALLERS_FILE is not JSON."]],
    ["[]", ["CALLERS_FILE: a list is not allowed; it must be an object with rules."]],
    ["{}", ["CALLERS_FILE: `rules` is missing; it must be a list of rules."]],
    ['{"rules":{}}', ["CALLERS_FILE: `rules: an object` is not allowed; it must be a list of rules."]],
    ['{"rules":[],"rule":1}', ["CALLERS_FILE: there is no option `rule`: `rules` perhaps?"]],
    [
      file({ ...rule, access: "admin" }),
      ['CALLERS_FILE: `rules.0.access: "admin"` is not allowed; it must be read or write.'],
    ],
    [file({ ...rule, documents: "all" }), ['CALLERS_FILE: `rules.0.documents: "all"` is not allowed; it must be any.']],
    [file({ ...rule, access: undefined }), ["CALLERS_FILE: `rules.0.access` is missing; it must be read or write."]],
    [file(rule, { ...rule, acess: "read" }), ["CALLERS_FILE: rules.1: there is no option `acess`: `access` perhaps?"]],
    [
      file({ ...rule, accounts: "all" }),
      [`CALLERS_FILE: \`rules.0.accounts: "all"\` is not allowed; it must be ${accounts}.`],
    ],
    [
      file({ ...rule, accounts: ["*"] }),
      ['CALLERS_FILE: `rules.0.accounts.0: "*"` is not allowed; it must be an account ID of 32 letters and digits.'],
    ],
    [
      file({ ...rule, accounts: [] }),
      [`CALLERS_FILE: \`rules.0.accounts: a list\` is not allowed; it must be ${accounts}.`],
    ],
    [
      file({ ...rule, claims: {} }),
      ["CALLERS_FILE: `rules.0.claims: an object` is not allowed; it must be an object with at least one claim."],
    ],
    [
      file({ ...rule, claims: { groups: ["staff"] } }),
      [
        "CALLERS_FILE: `rules.0.claims.groups: a list` is not allowed; it must be a string, a number, true, false, or an object of claims.",
      ],
    ],
    [
      file({ ...rule, claims: { groups: null }, access: "x" }),
      [
        "CALLERS_FILE: `rules.0.claims.groups: null` is not allowed; it must be a string, a number, true, false, or an object of claims.",
        'CALLERS_FILE: `rules.0.access: "x"` is not allowed; it must be read or write.',
      ],
    ],
    ...["null", "[]", "{}", '"x"'].map((value): [string, string[]] => [
      `{"rules":[{"claims":{"groups":"staff","__proto__":${value}},"accounts":"*","access":"read"}]}`,
      ["CALLERS_FILE: `rules.0.claims: an object` is not allowed; it must be claims without `__proto__`."],
    ]),
    [
      '{"rules":[{"claims":{"custom":{"a":1,"__proto__":null}},"accounts":"*","access":"read"}]}',
      [
        "CALLERS_FILE: `rules.0.claims.custom: an object` is not allowed; it must be a string, a number, true, false, or an object of claims.",
      ],
    ],
  ])("%s", (text, lines) => {
    expect(refusal(text)).toEqual(lines);
  });

  test("a key that an object has twice is refused with its place: one of the two would not hold, and nobody is told", () => {
    const twice = (text: string) => refusal(text);
    const rest = '"accounts": "*", "access": "read"';
    expect(twice(`{"rules": [{"claims": {"a": "x"}, ${rest},\n  "access": "write"}]}`)).toEqual([
      'CALLERS_FILE: `rules.0` has the key "access" twice, again at line 2, column 3.',
    ]);
    expect(
      twice(`{"rules": [{"claims": {"__proto__": 1, "a": {"b": 1, "\\u0062": 2}}, ${rest}}],\n"rules": []}`),
    ).toEqual([
      'CALLERS_FILE: `rules.0.claims.a` has the key "b" twice, again at line 1, column 54.',
      'CALLERS_FILE has the key "rules" twice, again at line 2, column 1.',
    ]);
    const { length } = parseRules(
      `{"rules": [{"claims": {"a": 1}, ${rest}}, {"claims": {"a": {"a": 1}}, ${rest}}]}`,
      "CALLERS_FILE",
    );
    expect(length).toBe(2);
  });

  test("no rules are allowed, and give nothing", () => {
    expect(rights(parseRules('{"rules":[]}', "CALLERS_FILE"), { groups: ["staff"] })).toEqual({});
  });
});

test("the example is taken, and gives what README says", () => {
  const rules = parseRules(readFileSync("examples/callers.json", "utf8"), "CALLERS_FILE");
  expect(rights(rules, { groups: ["iam-admins"] })).toEqual({ "*": "write" });
  expect(rights(rules, { groups: ["auditors", "staff"] })).toEqual({ [acme]: "read" });
  expect(rights(rules, { custom: { groups: ["iam-admins"] } })).toEqual({ [acme]: "write" });
  expect(rights(rules, { common_name: "e367826f93b8d71185e03fe518aff3b4.access" })).toEqual({ [acme]: "read" });
  expect(rights(rules, { groups: ["staff"] })).toEqual({});
});
