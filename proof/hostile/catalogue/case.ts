/**
 * One bad input: its number in the catalogue, what happens, and the proof of what the product makes
 * of it.
 */
export interface HostileCase {
  readonly number: number;
  readonly sentence: string;
  run(): Promise<void> | void;
}

export function hostile(number: number, sentence: string, run: HostileCase['run']): HostileCase {
  return { number, sentence, run };
}

/** The same proof for several inputs of one sort. */
export async function each<Input>(
  inputs: Iterable<Input>,
  prove: (input: Input) => Promise<void> | void,
): Promise<void> {
  for (const input of inputs) await prove(input);
}
