// What blocks with JSX find around them: a page that shows what they render, and a session that is
// signed in.
import type { Session } from '@act-on-token/core';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { open } from '../../../packages/react/test/support/page.ts';
import { signedIn } from './stage.ts';

export { newSession } from './stage.ts';

export const session: Session = await signedIn();

/**
 * Renders it and waits until the page shows just this text, and for what else there is to wait for.
 */
export async function shows(
  node: ReactNode,
  text: string,
  andThen: () => Promise<unknown> = async () => {},
): Promise<void> {
  const page = open(node);
  await page.shows(text);
  await andThen();
  page.unmount();
}

/** Where the page goes next. It stays where it is. */
export function departure(): Promise<string> {
  return new Promise((resolve) => {
    const leave = (url: string | URL) => resolve(String(url));
    vi.spyOn(location, 'assign').mockImplementation(leave);
    vi.spyOn(location, 'replace').mockImplementation(leave);
  });
}

/** The person says yes at Act-On, and this is the page at which they arrive. */
export async function arrive(url: string): Promise<void> {
  const { comeBackFrom } = await import('./stage.ts');
  history.replaceState(null, '', await comeBackFrom(url));
}
