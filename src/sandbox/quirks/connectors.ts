import { isObject, type QuirkHooks } from "./quirk.ts";

function onUpdate(change: (result: unknown) => unknown): QuirkHooks {
  return {
    value: (key, value, route) => (key === "result" && route.startsWith("PATCH ") ? change(value) : value),
  };
}

/** Fields that SSO connectors have or omit. */
export const connectors = {
  /** A connector's ID is not required by the reference [D]. */
  connectorIdsAbsent: (): QuirkHooks => ({
    value(_key, value) {
      if (!isObject(value) || !("email_domain" in value)) return value;
      const { id, ...connector } = value;
      return connector;
    },
  }),

  /** In the documented sample a changed connector comes in an array [D]; the sandbox answers so where one is disabled. */
  connectorUpdateAsArray: (): QuirkHooks => onUpdate((result) => (Array.isArray(result) ? result : [result])),

  /** In the reference a changed connector is one object, also where it is disabled [D]. */
  connectorUpdateAsObject: (): QuirkHooks => onUpdate((result) => (Array.isArray(result) ? result[0] : result)),
};
