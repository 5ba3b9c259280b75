import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { JsonBuffer } from "./json-buffer.ts";
import type { Slice } from "./time-slice.ts";

/** The `data` of an answer that is JSON already. `JSON.stringify` of it gives the same text. */
export class SerializedData {
  readonly text: JsonBuffer;
  /** A long text, as bytes. */
  readonly parts: readonly Buffer[] | undefined;

  constructor(text: JsonBuffer, parts?: Buffer[]) {
    this.text = text;
    this.parts = parts;
  }

  toJSON(): unknown {
    return JSON.parse((this.parts ? Buffer.concat(this.parts) : this.text.bytes("", "")).toString());
  }
}

/**
 * Writes an answer, with its `data` as it is. It is given as bytes, which Yoga passes on as they are: a string of this
 * length would be copied several times on its way to the socket. A long one is given as a stream of its parts, so that it is
 * never copied as a whole.
 */
export function stringify({ data, ...rest }: ExecutionResult): string {
  if (!(data instanceof SerializedData)) return JSON.stringify({ data, ...rest });
  const others = JSON.stringify(rest).slice(1, -1);
  const [start, end] = ['{"data":', others ? `,${others}}` : "}"];
  const { text, parts } = data;
  const body = parts ? streamOf([Buffer.from(start), ...parts, Buffer.from(end)]) : text.bytes(start, end);
  return body as unknown as string;
}

function streamOf(parts: Buffer[]): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      const part = parts[at++];
      if (part) controller.enqueue(part);
      else controller.close();
    },
  });
}

/** `data` as an object of its own each time, whether it is one or text. */
export function readableData(data: ExecutionResult["data"]): Record<string, unknown> | null {
  return data instanceof SerializedData ? (data.toJSON() as Record<string, unknown>) : JSON.parse(JSON.stringify(data));
}

/** Gives the plugins after it results whose `data` can be read, at the price of parsing it and writing it again. */
export const readableResults: Plugin = {
  onExecute: () => ({
    onExecuteDone: ({ result, setResult }) => {
      if (Symbol.asyncIterator in result || !result.data) return;
      const { stringify: _, ...rest } = result as ExecutionResult & { stringify?: unknown };
      setResult({ ...rest, data: readableData(result.data) });
    },
  }),
};

/** Characters of an answer that become bytes in one go. */
const AT_ONCE = 1024 * 1024;

/** The `data` of an answer whose text is complete. */
export async function serialized(text: JsonBuffer, slice: Slice): Promise<SerializedData> {
  return new SerializedData(text, text.characters > AT_ONCE ? await text.encoded(slice) : undefined);
}
