import type { Slice } from "./time-slice.ts";

/** Pieces that are not longer are joined: each one has its price when it becomes bytes, and so has joining. */
const SHORT = 256;

/** Joined pieces become bytes once they are that long together. */
const JOINED = 1024;

/** Bytes that are joined at once, without a look at the time. */
const AT_ONCE = 256 * 1024;

/** Bytes that stay where they are: joining them with others would save nothing. */
const LARGE = 32 * 1024;

/** Bytes of the first block of a text, and of each further one. */
const FIRST_BLOCK = 16 * 1024;
const BLOCK = 128 * 1024;

/** Thrown where a text would be longer than it may be. */
export class TextTooLong extends Error {}

/** Bytes of a text, somewhere in a block. */
class Range {
  readonly block: Buffer;
  readonly start: number;
  end: number;

  constructor(block: Buffer, start: number, end: number) {
    this.block = block;
    this.start = start;
    this.end = end;
  }

  get bytes(): Buffer {
    return this.block.subarray(this.start, this.end);
  }
}

/** What all parts of one text have in common. */
class Whole {
  characters = 0;
  readonly most: number;
  #block: Buffer | undefined;
  #used = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Writes a piece as UTF-8 behind a range, if that is the last one that was written, else as a range of its own. */
  write(piece: string, last: unknown): Range {
    // Room for one more character, whichever it is: only ASCII then takes as many bytes as it has characters.
    const room = piece.length + 4;
    if (room > BLOCK) return whole(Buffer.from(piece));
    if (!this.#block || this.#used + room > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(this.#block || room > FIRST_BLOCK ? BLOCK : FIRST_BLOCK);
      this.#used = 0;
    }
    const start = this.#used;
    if (this.#block.write(piece, start) !== piece.length) return whole(Buffer.from(piece));
    this.#used += piece.length;
    if (!(last instanceof Range) || last.block !== this.#block || last.end !== start)
      return new Range(this.#block, start, this.#used);
    last.end = this.#used;
    return last;
  }
}

function whole(bytes: Buffer): Range {
  return new Range(bytes, 0, bytes.length);
}

/**
 * Text that is written from front to back, with gaps that are filled later. It becomes bytes as it is written, outside of
 * what the garbage collector has to copy: the strings of a long answer would be most of what lives while it is written.
 */
export class JsonBuffer {
  readonly #before: (string | Range | JsonBuffer)[] = [];
  readonly #whole: Whole;
  #last = "";

  /** @param most characters of the whole; one more throws {@link TextTooLong} */
  constructor(most: number | Whole = Number.POSITIVE_INFINITY) {
    this.#whole = typeof most === "number" ? new Whole(most) : most;
  }

  /** Characters of the whole so far. */
  get characters(): number {
    return this.#whole.characters;
  }

  add(piece: string): void {
    this.#whole.characters += piece.length;
    if (this.#whole.characters > this.#whole.most) throw new TextTooLong();
    if (piece.length <= SHORT) {
      this.#last += piece;
      if (this.#last.length > JOINED) this.#write("");
    } else this.#write(piece);
  }

  /** Leaves a gap here, and gives what fills it. */
  reserve(): JsonBuffer {
    const gap = new JsonBuffer(this.#whole);
    this.#before.push(this.#last, gap);
    this.#last = "";
    return gap;
  }

  /** Writes what was joined, and a piece. */
  #write(piece: string): void {
    for (const each of [this.#last, piece]) {
      if (each === "") continue;
      const last = this.#before.at(-1);
      const range = this.#whole.write(each, last);
      if (range !== last) this.#before.push(range);
    }
    this.#last = "";
  }

  /** The whole as UTF-8, between a start and an end. */
  bytes(start: string, end: string): Buffer {
    const pieces: Piece[] = [start];
    this.#collect(pieces);
    pieces.push(end);
    return joined(pieces);
  }

  /** The whole as UTF-8, in parts, made in as many turns of the event loop as it takes. */
  async encoded(slice: Slice): Promise<Buffer[]> {
    const pieces: Piece[] = [];
    this.#collect(pieces);
    const parts: Buffer[] = [];
    for (const portion of portions(pieces)) {
      const [only, ...more] = portion;
      if (only === undefined) continue;
      if (slice.over) await slice.turn();
      parts.push(more.length === 0 && only instanceof Range ? only.bytes : joined(portion));
    }
    return parts;
  }

  #collect(pieces: Piece[]): void {
    for (const piece of this.#before) {
      if (piece instanceof JsonBuffer) piece.#collect(pieces);
      else if (piece !== "") pieces.push(piece);
    }
    if (this.#last !== "") pieces.push(this.#last);
  }
}

type Piece = string | Range;

function lengthOf(piece: Piece): number {
  return typeof piece === "string" ? piece.length : piece.end - piece.start;
}

/** Pieces by the {@link AT_ONCE} bytes, and large ones each alone. */
function* portions(pieces: Piece[]): Generator<Piece[]> {
  let portion: Piece[] = [];
  let left = AT_ONCE;
  for (const piece of pieces) {
    if (lengthOf(piece) >= LARGE) {
      yield portion;
      yield [piece];
      portion = [];
      left = AT_ONCE;
      continue;
    }
    portion.push(piece);
    left -= lengthOf(piece);
    if (left > 0) continue;
    yield portion;
    portion = [];
    left = AT_ONCE;
  }
  yield portion;
}

/** All pieces as one. They are taken for ASCII first, without a look at them before. */
function joined(pieces: Piece[]): Buffer {
  let length = 0;
  for (const piece of pieces) length += lengthOf(piece);
  const bytes = Buffer.allocUnsafe(length + 4);
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece !== "string") at += piece.block.copy(bytes, at, piece.start, piece.end);
    else if (bytes.write(piece, at) === piece.length) at += piece.length;
    else return Buffer.concat(pieces.map((each) => (typeof each === "string" ? Buffer.from(each) : each.bytes)));
  }
  return bytes.subarray(0, at);
}
