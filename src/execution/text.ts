import type { TimeSlice } from "./time-slice.ts";

/** Pieces that are not longer are joined: each one has its price when it becomes bytes, and so has joining. */
const SHORT = 256;

/** Characters that are made into bytes at once, without a look at the time. */
const AT_ONCE = 256 * 1024;

/** Thrown where a text would be longer than it may be. */
export class TextTooLong extends Error {}

/** What all parts of one text have in common. */
interface Length {
  characters: number;
  readonly most: number;
}

/** Text that is written from front to back, with gaps that are filled later. */
export class Text {
  readonly #before: (string | Text)[] = [];
  readonly #length: Length;
  #last = "";

  /** @param most characters of the whole; one more throws {@link TextTooLong} */
  constructor(most: number | Length = Number.POSITIVE_INFINITY) {
    this.#length = typeof most === "number" ? { characters: 0, most } : most;
  }

  /** Characters of the whole so far. */
  get characters(): number {
    return this.#length.characters;
  }

  add(piece: string): void {
    this.#length.characters += piece.length;
    if (this.#length.characters > this.#length.most) throw new TextTooLong();
    if (piece.length <= SHORT) this.#last += piece;
    else this.#put(piece);
  }

  /** Leaves a gap here, and gives what fills it. */
  gap(): Text {
    const gap = new Text(this.#length);
    this.#put(gap);
    return gap;
  }

  #put(piece: string | Text): void {
    this.#before.push(this.#last, piece);
    this.#last = "";
  }

  /**
   * The whole as UTF-8, between a start and an end. Piece by piece: joined to one string, most of a long answer would be
   * copied once more.
   */
  bytes(start: string, end: string): Buffer {
    const pieces = [start];
    this.#collect(pieces);
    pieces.push(end);
    return asciiBytes(pieces) ?? Buffer.concat(Array.from(portions(pieces), bytesOf));
  }

  /** The whole as UTF-8, in parts, made in as many turns of the event loop as it takes. */
  async encoded(slice: TimeSlice): Promise<Buffer[]> {
    const pieces: string[] = [];
    this.#collect(pieces);
    const parts: Buffer[] = [];
    for (const portion of portions(pieces)) {
      if (slice.over) await slice.turn();
      parts.push(bytesOf(portion));
    }
    return parts;
  }

  #collect(pieces: string[]): void {
    for (const piece of this.#before) {
      if (typeof piece === "string") pieces.push(piece);
      else piece.#collect(pieces);
    }
    pieces.push(this.#last);
  }
}

/** Pieces by the {@link AT_ONCE} characters. */
function* portions(pieces: string[]): Generator<string[]> {
  let portion: string[] = [];
  let left = AT_ONCE;
  for (const piece of pieces) {
    portion.push(piece);
    left -= piece.length;
    if (left > 0) continue;
    yield portion;
    portion = [];
    left = AT_ONCE;
  }
  yield portion;
}

function bytesOf(pieces: string[]): Buffer {
  return asciiBytes(pieces) ?? Buffer.from(pieces.join(""));
}

/** The bytes of plain ASCII, without a look at the text before; `undefined` where it is not. */
function asciiBytes(pieces: string[]): Buffer | undefined {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  // Room for one more character, whichever it is: only ASCII then takes as many bytes as it has characters.
  const bytes = Buffer.allocUnsafe(length + 4);
  let at = 0;
  for (const piece of pieces) {
    if (bytes.write(piece, at) !== piece.length) return undefined;
    at += piece.length;
  }
  return bytes.subarray(0, at);
}
