import { EventSourceParserStream } from "eventsource-parser/stream";
import type { Answer } from "./request.ts";

/** The answers of a subscription, as they come: GraphQL over server-sent events. Whoever stops reading ends it. */
export async function* answersOf(body: ReadableStream<BufferSource>): AsyncGenerator<Answer> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done || value.event === "complete") return;
      if (value.event === "next") yield JSON.parse(value.data);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
