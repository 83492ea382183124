import { join } from 'node:path';
import { serveEmulator } from '@act-on-token/emulator';
import { root } from '../../../tooling/bootstrap/paths.mjs';
import type { Outcome } from '../suites.ts';
import { redirectUri } from './redirect-uri.ts';
import type { Told } from './sentence.ts';
import { serveWorker, type Workerd } from './serve.ts';

/** The suites that workerd has sentences for. */
export const workerdSuites: readonly string[] = ['core', 'memory', 'broker'];

/** Lets a worker inside workerd try what the suite is about, against an emulator outside of it. */
export async function runInWorkerd(workerd: Workerd, suite: string): Promise<Outcome> {
  const started = performance.now();
  const told = await tellOf(workerd, suite);
  const failures = told.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error}`]));
  if (told.length === 0) failures.push('There were no results.');
  const seconds = (performance.now() - started) / 1000;
  const passed = told.filter(({ error }) => error === null).length;
  return { suite, runtime: 'workerd', seconds, passed, skipped: 0, excepted: 0, failures };
}

async function tellOf(workerd: Workerd, suite: string): Promise<readonly Told[]> {
  const worker = await serveWorker(
    workerd,
    join(root, 'proof', 'runtimes', 'workerd', 'worker.ts'),
  );
  const actOn = await serveEmulator({ control: true, redirectUris: [redirectUri] });
  actOn.configure({ autoConsent: actOn.user.username });
  try {
    const { url, client, user } = actOn;
    return (await worker.ask(`/${suite}`, { url, client, user })) as Told[];
  } finally {
    await worker.close();
    await actOn.close();
  }
}
