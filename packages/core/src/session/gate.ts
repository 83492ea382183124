/** Lets so many through at once, in the order in which they came. */
export class Gate {
  #free: number;
  #waiting: (() => void)[] = [];
  /** Where the line begins: taking the first out of a long array each time would cost its length. */
  #first = 0;

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves when there is a place. Whoever got one calls {@link leave} when done. */
  enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting[this.#first];
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#first += 1;
    if (2 * this.#first >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    next();
  }
}
