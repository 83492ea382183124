/**
 * What the commands of this repository make of their arguments. Both throw, naming the option and
 * what it takes.
 */

export function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} must be a whole number of at least ${least}, not "${text}".`);
}

export function oneOf<Word extends string>(
  name: string,
  text: string,
  words: readonly Word[],
): Word {
  const word = words.find((each) => each === text);
  if (word === undefined)
    throw new Error(`--${name} must be ${words.join(' or ')}, not "${text}".`);
  return word;
}
