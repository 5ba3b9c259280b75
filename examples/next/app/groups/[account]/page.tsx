import { GroupsWithPoliciesDocument } from "cloudflare-iam-graphql/operations";
import { cookies } from "next/headers";
import { gateway } from "../../../lib/gateway.ts";

export default async function Groups({ params }: { params: Promise<{ account: string }> }) {
  const { account } = await params;
  // In place of the cookie: wherever you keep the credential of the user who is signed in.
  const token = (await cookies()).get("cloudflare-token")?.value;
  const credential = token ? { token } : null;
  const { data, errors } = await gateway.execute(GroupsWithPoliciesDocument, { credential, variables: { account } });
  if (errors) return <p>{errors[0]?.message}</p>;
  return (
    <ul>
      {data?.account?.userGroups?.nodes?.map((group) => (
        <li key={group?.name}>{group?.name}</li>
      ))}
    </ul>
  );
}
