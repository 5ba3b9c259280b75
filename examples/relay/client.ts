import { Environment, Network, RecordSource, type RequestParameters, Store, type Variables } from "relay-runtime";

/** An environment whose store keeps objects by their global ID. */
export function createEnvironment(url: string, token: string) {
  const fetchResponse = async ({ text }: RequestParameters, variables: Variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: text, variables }),
    });
    return await response.json();
  };
  return new Environment({ network: Network.create(fetchResponse), store: new Store(new RecordSource()) });
}
