import { accounts } from "../cloudflare/accounts.ts";
import type { Resource } from "../loaders/loaders.ts";

/** Objects that a selection stands on, all of one kind. Equal names are the same objects. */
export interface ParentSet {
  /** Type with the identity: for a policy its owner. An object without an identity uses that of its parent. */
  of: string;
  /** Type that is shown, if it differs. */
  shows?: string;
  /** An account that is known has its ID for a name. */
  name: string;
  /** How many at most, in all accounts together. */
  count: number;
  /** Their parents. */
  account: Owner;
  /** Their records are at hand; else only their IDs. */
  whole: boolean;
  /** They are there in every answer. */
  guaranteed: boolean;
  /** The page of a list that they are. */
  page?: Page;
}

/** One account or several. */
export interface Owner {
  name: string;
  count: number;
  /** By its ID, which is the name. */
  known: boolean;
}

/** A page of the list that each of the parents has. */
interface Page {
  parents: ParentSet;
  /** How the whole list would be read: in the order of the page where that leaves no record out. */
  order: object;
  /** Notes the record behind it, where no page holds one record more and only a call may tell whether there is one. */
  end?: () => void;
}

/** Start of an operation: its objects belong to no account. */
export const root: ParentSet = {
  of: "",
  name: "",
  count: 1,
  account: { name: "", count: 1, known: false },
  whole: true,
  guaranteed: true,
};

/** An account of which the ID is known. */
export function accountBy(id: string): ParentSet {
  return { ...root, of: "Account", name: id, account: { name: id, count: 1, known: true }, whole: false };
}

/** So many accounts of a list, of which none is known by its ID. */
export function someAccounts(name: string, count: number): ParentSet {
  return { of: "Account", name, count, account: { name, count, known: false }, whole: true, guaranteed: false };
}

/** Parents of the records of an entity: accounts have none. */
export function ownerOf({ list }: Resource, owner: Owner): Owner {
  return list.route === accounts.list.route ? root.account : owner;
}
