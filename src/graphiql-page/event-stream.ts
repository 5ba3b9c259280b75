import { EventSourceParserStream } from "eventsource-parser/stream";
import type { Answer } from "./request.ts";

/** The answers of a subscription, as they come: GraphQL over server-sent events. Whoever stops reading ends it at once. */
export function answersOf(body: ReadableStream<BufferSource>): AsyncGenerator<Answer> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  const answers = read(reader);
  const end = answers.return.bind(answers);
  // A generator that waits for an event would hear of its end only after that event.
  answers.return = (value) => {
    void reader.cancel().catch(() => {});
    return end(value);
  };
  return answers;
}

type Events = ReadableStreamDefaultReader<{ event?: string | undefined; data: string }>;

async function* read(reader: Events): AsyncGenerator<Answer> {
  while (true) {
    const { done, value } = await reader.read();
    if (done || value.event === "complete") return;
    if (value.event === "next") yield JSON.parse(value.data);
  }
}
