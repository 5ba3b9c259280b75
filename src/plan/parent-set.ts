import { accounts } from "../cloudflare/accounts.ts";
import type { Resource } from "../loaders/loaders.ts";

/** Objects that a selection stands on, all of one kind. Equal names are the same objects. */
export interface ParentSet {
  /** What has the identity: for a policy its owner. Whatever has none of its own stands on what it belongs to. */
  of: string;
  /** What is shown of it, where that is another type. */
  shows?: string;
  /** An account that is known has its id for a name. */
  name: string;
  /** How many at most, in all accounts together. */
  count: number;
  /** Whose they are. */
  account: Owner;
  /** Their records are at hand; else only their ids. */
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
  /** By its id, which is the name. */
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

/** Where an operation begins: what is there belongs to no account. */
export const root: ParentSet = {
  of: "",
  name: "",
  count: 1,
  account: { name: "", count: 1, known: false },
  whole: true,
  guaranteed: true,
};

/** An account of which the id is known. */
export function accountBy(id: string): ParentSet {
  return { ...root, of: "Account", name: id, account: { name: id, count: 1, known: true }, whole: false };
}

/** Whose records of a noun are: accounts are nobody's. */
export function ownerOf({ list }: Resource, owner: Owner): Owner {
  return list.route === accounts.list.route ? root.account : owner;
}
