import { CloudflareError } from "../../cloudflare/error.ts";
import type { Message } from "../../cloudflare/result.ts";
import { aboutTheCaller, type Progress } from "./mutation.ts";
import { toMutationError } from "./mutation-error-mapping.ts";
import { MutationError, type MutationErrorData } from "./mutation-errors.ts";

/** One part of a mutation that goes on when a part fails. */
export interface Part {
  progress: Progress;
  /** Its place in the input; empty for none. */
  path: string[];
  /** Nothing was tried before: what says nothing of the input is then the failure of the whole mutation, and thrown. */
  first: boolean;
  /** Where Cloudflare's messages go. */
  messages: Message[];
}

/** Does a part; why it was not done, or why that is not known, or `null`. */
export async function attempt(
  { progress, path, first, messages }: Part,
  run: (progress: Progress) => Promise<{ messages: Message[] }>,
): Promise<MutationErrorData | null> {
  let written = false;
  const own: Progress = {
    ...progress,
    written: () => {
      written = true;
      progress.written();
    },
  };
  try {
    messages.push(...(await run(own)).messages);
    return null;
  } catch (error) {
    if (error instanceof MutationError) return error.data;
    if (!(error instanceof CloudflareError)) throw error;
    if (first && !written && aboutTheCaller.has(error.kind)) throw error;
    return toMutationError(error, written, () => path);
  }
}
