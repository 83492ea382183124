import type { LogEntry } from './log-entry.ts';

/** What only this demo has: routes of its server that let time pass and lose replies. */
export async function experiment(name: 'expire' | 'lose-reply' | 'skip'): Promise<void> {
  await fetch(`/demo/${name}`, { method: 'POST' });
}

/** Who may sign in at the emulated Act-On. */
export async function person(): Promise<{ username: string; password: string }> {
  return (await fetch('/demo/person')).json();
}

/** What Act-On saw last, the newest first. */
export async function log(): Promise<readonly LogEntry[]> {
  return (await fetch('/demo/log')).json();
}
