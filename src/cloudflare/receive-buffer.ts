/** An answer that is being received, and can be made to wait. */
export interface Source {
  pause(): void;
  resume(): void;
}

/** Bytes of one answer received so far. */
export interface Received {
  readonly source: Source;
  bytes: number;
  paused: boolean;
}

/**
 * The answers that are being received, bounded together: beyond the bound they wait, which the network does for them. The
 * oldest one never waits, so that there is always one that ends and makes room. The memory held is at most the bound, and a
 * chunk of each.
 */
export class ReceiveBuffer {
  /** Bytes beyond which all but the oldest answer wait. The rest is for that one. */
  readonly #most: number;
  /** Oldest first. */
  readonly #receiving = new Set<Received>();
  #paused = 0;
  #bytes = 0;

  /** @param most bytes of all answers together @param each bytes that one answer may have */
  constructor(most: number, each: number) {
    this.#most = Math.max(0, most - each);
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** An answer begins. */
  begin(source: Source): Received {
    const received = { source, bytes: 0, paused: false };
    this.#receiving.add(received);
    return received;
  }

  /** A chunk came. */
  add(received: Received, bytes: number): void {
    received.bytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes <= this.#most || received.paused) return;
    const [oldest] = this.#receiving;
    if (received === oldest) return;
    received.paused = true;
    this.#paused++;
    received.source.pause();
  }

  /** An answer is complete, or given up. */
  end(received: Received): void {
    if (!this.#receiving.delete(received)) return;
    this.#bytes -= received.bytes;
    if (received.paused) this.#paused--;
    if (this.#paused === 0) return;
    let oldest = true;
    for (const each of this.#receiving) {
      if (!oldest && this.#bytes > this.#most) return;
      oldest = false;
      if (!each.paused) continue;
      each.paused = false;
      this.#paused--;
      each.source.resume();
    }
  }
}
