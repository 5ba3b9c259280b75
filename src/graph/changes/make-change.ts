import type { Context } from "../context.ts";
import { InputCheck } from "../mutations/input.ts";
import { type Payload, type Progress, preparationOf } from "../mutations/mutation.ts";
import { MutationError, type MutationErrorData } from "../mutations/mutation-errors.ts";
import type { Node } from "../node.ts";
import type { ChangeName } from "./change-input.ts";

/** Makes one change with the mutation's own code, in a context that sends it or only notes it. A part that fails is a failure of the whole. */
export async function makeChange(
  name: ChangeName,
  input: object,
  context: Context,
  progress: Progress,
): Promise<Payload<Node>> {
  const check = new InputCheck();
  const work = preparationOf(name).prepare(input, check);
  await check.found(context);
  const payload = await work(context, progress);
  const failed = (payload.parts as { error: MutationErrorData | null }[] | undefined)?.find(({ error }) => error);
  if (failed?.error) throw new MutationError(failed.error);
  return payload as Payload<Node>;
}
