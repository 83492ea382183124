import { printable } from './printable.ts';

/** Whether a person sees stderr. Only then is progress shown. */
export function isWatched(): boolean {
  return process.stderr.isTTY === true;
}

/** Whether there is a person who can be asked. */
export function canAsk(): boolean {
  return isWatched() && process.stdin.isTTY === true;
}

/** Shows a waiting person one line. What scripts need goes to stdout or is an error. */
export function say(text: string): void {
  if (isWatched()) process.stderr.write(`${printable(text)}\n`);
}

/** Milliseconds after which a person wants to know what is going on. */
const soon = 1_000;

/** The same promise; shows a person that it takes its time. */
export async function patiently<T>(work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => say('Waiting for Act-On …'), soon);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
