/** Text that is written from front to back, with gaps that are filled later. */
export class Text {
  readonly #before: (string | Text)[] = [];
  #last = "";

  add(piece: string): void {
    this.#last += piece;
  }

  /** Leaves a gap here, and gives what fills it. */
  gap(): Text {
    const gap = new Text();
    this.#before.push(this.#last, gap);
    this.#last = "";
    return gap;
  }

  /**
   * The whole as UTF-8, between a start and an end. Piece by piece: joined to one string, most of a long answer would be
   * copied once more.
   */
  bytes(start: string, end: string): Buffer {
    const pieces = [start];
    this.#collect(pieces);
    pieces.push(end);
    let size = 0;
    for (const piece of pieces) size += Buffer.byteLength(piece);
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (const piece of pieces) at += bytes.write(piece, at);
    return bytes;
  }

  #collect(pieces: string[]): void {
    for (const piece of this.#before) {
      if (typeof piece === "string") pieces.push(piece);
      else piece.#collect(pieces);
    }
    pieces.push(this.#last);
  }
}
