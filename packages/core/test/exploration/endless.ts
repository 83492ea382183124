import { Numbers } from './seen.ts';

/** Which world leads to which, told in the order of the worlds they start from. */
export class Ways {
  /** Where the steps of each world begin in {@link #to}. */
  readonly #from = new Numbers();
  readonly #to = new Numbers();

  /** From here on, steps start from the next world. */
  nextWorld(): void {
    this.#from.push(this.#to.length);
  }

  add(to: number): void {
    this.#to.push(to);
  }

  /**
   * A world from which a run can come back to itself, so that it may never end; `null`: every run
   * ends. Worlds that nothing leads to are taken away until none is left, or only circles are.
   */
  endless(): number | null {
    const worlds = this.#from.length;
    const leading = new Int32Array(worlds);
    for (let way = 0; way < this.#to.length; way += 1)
      leading[this.#to.at(way)] = (leading[this.#to.at(way)] ?? 0) + 1;
    const free = new Numbers();
    for (let world = 0; world < worlds; world += 1) if (leading[world] === 0) free.push(world);
    for (let at = 0; at < free.length; at += 1) {
      for (const to of this.#after(free.at(at))) {
        leading[to] = (leading[to] ?? 0) - 1;
        if (leading[to] === 0) free.push(to);
      }
    }
    return free.length === worlds ? null : this.#onCircle(leading);
  }

  *#after(world: number): Generator<number> {
    const end = world + 1 < this.#from.length ? this.#from.at(world + 1) : this.#to.length;
    for (let way = this.#from.at(world); way < end; way += 1) yield this.#to.at(way);
  }

  /**
   * Every world that is left was led to by one that is left: going back long enough ends up on a
   * circle.
   */
  #onCircle(leading: Int32Array): number {
    const before = new Map<number, number>();
    leading.forEach((ways, world) => {
      if (ways > 0) for (const to of this.#after(world)) before.set(to, world);
    });
    const passed = new Set<number>();
    let world = before.values().next().value ?? 0;
    for (; !passed.has(world); world = before.get(world) ?? 0) passed.add(world);
    return world;
  }
}
