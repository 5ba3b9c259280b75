import { type Endpoint, isRead } from "../../cloudflare/endpoint.ts";
import { UnreadableRecord } from "../../cloudflare/error.ts";
import { type Member, members } from "../../cloudflare/members.ts";
import { resourceGroups } from "../../cloudflare/resource-groups.ts";
import { type UserGroupMember, userGroups } from "../../cloudflare/user-groups.ts";
import { type Loaders, rangeOf, type Window, windowOf } from "../../loaders/loaders.ts";
import type { AccountCopy, Params } from "./account-copy.ts";
import type { PlannedCalls } from "./planned-calls.ts";
import { effects, type Naming } from "./simulated-writes.ts";

type Records = Window<{ id?: string | null | undefined }>;

/** Lists of the account that changes change, by their routes, with the filters that mutations use. */
const lists: Readonly<Record<string, (copy: AccountCopy, params: Params) => Promise<Records>>> = {
  [userGroups.list.route]: async (copy, { name }) => {
    const all = await copy.groupList();
    return name === undefined ? all : only(all, (group) => !(group instanceof UnreadableRecord) && group.name === name);
  },
  [members.list.route]: (copy) => copy.memberList(),
  [resourceGroups.list.route]: (copy) => copy.resourceGroupList(),
  [userGroups.members.list.route]: async (copy, { user_group_id: group = "", fuzzyEmail }) => {
    const all = await copy.membersOf(group);
    const has = (member: UserGroupMember) => member.email?.toLowerCase().includes(fuzzyEmail?.toLowerCase() ?? "");
    return fuzzyEmail === undefined
      ? all
      : only(all, (each) => !(each instanceof UnreadableRecord) && has(each) === true);
  },
};

function only<R>(all: Window<R>, keep: (record: R) => boolean): Window<R> {
  return { ...windowOf(all.records.filter(keep), 0, Infinity), shifted: all.shifted };
}

/** Single records of the account, by the routes that read them. */
const records: Readonly<Record<string, (copy: AccountCopy, parent: Params, id: string) => Promise<unknown>>> = {
  [userGroups.get.route]: (copy, _parent, id) => copy.group(id),
  [members.get.route]: (copy, _parent, id) => copy.member(id),
  [resourceGroups.get.route]: (copy, _parent, id) => copy.resourceGroup(id),
  [userGroups.members.get.route]: (copy, { user_group_id: group = "" }, id) => copy.memberOf(group, id),
};

/** Loaders on a copy of an account: what mutations write through them changes the copy, and is noted as planned. */
export class SimulatedLoaders implements Loaders {
  /** How the change that is made names what it makes. */
  naming: Naming | undefined;
  /** Records that were read one by one, by their route and id: what is written may be made of them. */
  seen = new Map<string, unknown>();
  readonly copy: AccountCopy;
  readonly #read: Loaders;
  readonly #planned: PlannedCalls;
  #derived = new Map<string, Promise<unknown>>();

  constructor(copy: AccountCopy, read: Loaders, planned: PlannedCalls) {
    this.copy = copy;
    this.#read = read;
    this.#planned = planned;
  }

  list: Loaders["list"] = async (list, params) => {
    const { records } = (await this.#whole(list, params as Params)) as Window<never>;
    const unreadable = (records as unknown[]).find((record) => record instanceof UnreadableRecord);
    if (unreadable) throw unreadable;
    return records;
  };

  window: Loaders["window"] = async (list, params, offset, limit) => {
    const all = (await this.#whole(list, params as Params)) as Window<never>;
    return { ...windowOf(all.records, offset, limit, all.records.length), shifted: all.shifted };
  };

  range: Loaders["range"] = async (list, params, range) =>
    rangeOf(((await this.#whole(list, params as Params)) as Window<never>).records, range);

  one: Loaders["one"] = async (resource, parent, id) => {
    const { list, get } = resource;
    const read = records[get.route];
    const name = /\{(\w+)\}$/.exec(get.route)?.[1] ?? "";
    const named = { ...(parent as Params), [name]: id };
    this.#planned.record(get, list, parent as Params, named);
    if (this.naming && read && get.route !== userGroups.members.get.route) this.copy.touch(named, false);
    const found = await (read ? read(this.copy, parent as Params, id) : this.#read.one(resource, parent, id));
    this.seen.set(`${get.route} ${id}`, found);
    // Changes write a member again as they are; questions see the resource groups as they would be.
    const asked = !this.naming && get.route === members.get.route;
    return (asked ? this.copy.placed(found as Member) : found) as never;
  };

  send: Loaders["send"] = async (endpoint, params, body) => {
    const { route } = endpoint;
    const given = params as Params;
    if (isRead(route)) {
      this.#planned.record(endpoint, endpoint, given, given);
      const read = records[route];
      if (!read) return this.#read.send(endpoint, params, body);
      return { result: await read(this.copy, given, given.member_id ?? ""), messages: [] } as never;
    }
    const effect = effects[route];
    if (!effect || !this.naming) throw new Error(`${route} is written outside of a change.`);
    this.#planned.write(endpoint as Endpoint, given, body);
    this.#derived.clear();
    this.copy.touch(given, route.includes("/user_groups/{user_group_id}/members"));
    const result = await effect(this.copy, given as never, body, this.naming);
    return { result, messages: [] } as never;
  };

  /** What was written is in the copy already. */
  prime: Loaders["prime"] = () => {};

  derived: Loaders["derived"] = (name, make) => {
    const known = this.#derived.get(name) ?? make();
    this.#derived.set(name, known);
    return known as never;
  };

  forget: Loaders["forget"] = () => {
    this.#derived.clear();
    this.#planned.forget();
  };

  hold: Loaders["hold"] = () => () => {};

  async #whole(list: Endpoint, params: Params): Promise<Records> {
    const read = lists[list.route];
    const all = read
      ? await read(this.copy, params)
      : ((await this.#read.window(list as never, params as never, 0, Infinity)) as Records);
    this.#planned.list(list, params, all.records.length);
    return all;
  }
}
