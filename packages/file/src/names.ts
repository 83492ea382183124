import { randomBytes } from 'node:crypto';

const inTheMaking = 'act-on-token-new-';

/** Never used before, and never again. */
export function freshId(): string {
  return randomBytes(16).toString('hex');
}

/** The name of a folder that is about to become an account's. */
export function freshName(): string {
  return `${inTheMaking}${freshId()}`;
}

/** Whether this is such a name; each attempt to remove what a dead maker left adds a `-`. */
export function isInTheMaking(name: string): boolean {
  return /^act-on-token-new-[0-9a-f]{32}-{0,9}$/.test(name);
}

export function isRecord(name: string): boolean {
  return /^record-[0-9a-f]{32}$/.test(name);
}
