/** Pieces that are not longer are joined: each one has its price when it becomes bytes, and so has joining. */
const SHORT = 256;

/** Text that is written from front to back, with gaps that are filled later. */
export class Text {
  readonly #before: (string | Text)[] = [];
  #last = "";

  add(piece: string): void {
    if (piece.length <= SHORT) this.#last += piece;
    else this.#put(piece);
  }

  /** Leaves a gap here, and gives what fills it. */
  gap(): Text {
    const gap = new Text();
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
    return asciiBytes(pieces) ?? Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  }

  #collect(pieces: string[]): void {
    for (const piece of this.#before) {
      if (typeof piece === "string") pieces.push(piece);
      else piece.#collect(pieces);
    }
    pieces.push(this.#last);
  }
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
