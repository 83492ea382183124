/**
 * Numbers worlds in the order in which they were first seen, known by 64-bit fingerprints in a
 * table that grows.
 */
export class Seen {
  size = 0;
  #low = new Uint32Array(1 << 16);
  #high = new Uint32Array(1 << 16);
  /** One more than the number of the world; 0 marks an empty place. */
  #number = new Int32Array(1 << 16);

  /** Its number. It is new if that was `size` before. */
  add([low, high]: readonly [number, number]): number {
    if (this.size * 2 >= this.#low.length) this.#grow();
    const at = this.#find(low, high);
    const number = this.#number[at] ?? 0;
    if (number > 0) return number - 1;
    this.#put(at, low, high, this.size + 1);
    this.size += 1;
    return this.size - 1;
  }

  /** Where it is, or where it belongs. */
  #find(low: number, high: number): number {
    const mask = this.#low.length - 1;
    let at = low & mask;
    while (this.#number[at] !== 0 && (this.#low[at] !== low || this.#high[at] !== high))
      at = (at + 1) & mask;
    return at;
  }

  #put(at: number, low: number, high: number, number: number): void {
    this.#low[at] = low;
    this.#high[at] = high;
    this.#number[at] = number;
  }

  #grow(): void {
    const [lows, highs, numbers] = [this.#low, this.#high, this.#number];
    this.#low = new Uint32Array(lows.length * 2);
    this.#high = new Uint32Array(lows.length * 2);
    this.#number = new Int32Array(lows.length * 2);
    numbers.forEach((number, at) => {
      const [low, high] = [lows[at] ?? 0, highs[at] ?? 0];
      if (number > 0) this.#put(this.#find(low, high), low, high, number);
    });
  }
}

/** A list of numbers that takes four bytes each. */
export class Numbers {
  length = 0;
  #values = new Int32Array(1 << 16);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const longer = new Int32Array(this.length * 2);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }
}
