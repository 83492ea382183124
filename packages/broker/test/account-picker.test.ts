import { type BrokerSession, createBrokerSession } from '@act-on-token/broker/client';
import {
  ActOnSignedIn,
  ActOnTokenProvider,
  useActOnAccount,
  useActOnEvents,
  useActOnToken,
} from '@act-on-token/react';
import { Window } from 'happy-dom';
import { createElement, type ReactElement } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { appOrigin, type Browser, held } from './support/browser.ts';
import { ada, bob, createWorld, type World } from './support/world.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  vi.unstubAllGlobals();
});
const waitFor = <T>(check: () => T | Promise<T>) =>
  vi.waitFor(check, { timeout: 20_000, interval: 2 });

/** A browser that is signed in as both, and a page for React to render into. */
async function signedInTwice(): Promise<{ world: World; browser: Browser }> {
  // The server first: it is none of a page.
  const world = createWorld();
  const browser = await world.signedIn(ada);
  await world.signIn(browser, bob);
  const page = new Window({ url: `${appOrigin}/lists` });
  // React looks at it after a test, too. By itself it makes no page of a process.
  Object.assign(globalThis, { window: page });
  for (const name of ['document', 'location', 'navigator'] as const)
    vi.stubGlobal(name, page[name]);
  return { world, browser };
}

interface Tab {
  readonly session: BrokerSession;
  /** All that was ever shown, in order: one for each render that changed something. */
  readonly shown: string[];
  readonly renders: () => number;
  readonly events: string[];
}

/** A tab with an account picker. */
async function openTab(browser: Browser, fetch = browser.fetch): Promise<Tab> {
  const { createRoot } = await import('react-dom/client');
  const session = createBrokerSession({ url: '/auth', fetch });
  const container = document.body.appendChild(document.createElement('main'));
  const [shown, events]: [string[], string[]] = [[], []];
  let renders = 0;
  const Picker = (): ReactElement => {
    renders += 1;
    const { loaded, account, accounts } = useActOnToken();
    const current = useActOnAccount();
    useActOnEvents(({ type }) => void events.push(type));
    const names = accounts.map(({ name }) => name).join(' ');
    const text = loaded ? `[${names}] ${account?.name ?? 'nobody'}` : '…';
    shown.push(text);
    // Both hooks say the same in one render.
    if (current?.id !== account?.id) shown.push('torn');
    return createElement('p', null, text);
  };
  const signedIn = createElement(
    ActOnSignedIn,
    { fallback: 'please sign in', loading: 'wait' },
    'welcome',
  );
  const root = createRoot(container);
  root.render(createElement(ActOnTokenProvider, { session }, createElement(Picker), signedIn));
  opened.push({ close: () => root.unmount() }, session);
  return { session, shown, events, renders: () => renders };
}

const both = `[${bob.username} ${ada.username}] ${bob.username}`;
const lookups = ({ received }: Browser) =>
  received.filter(({ url }) => url.endsWith('/auth/session')).length;

describe('an account picker', () => {
  it('shows in every tab at once who is left, though another session signed out, with four renders', async () => {
    const { browser } = await signedInTwice();
    const [one, two] = [await openTab(browser), await openTab(browser)];
    await waitFor(() => expect([one.shown.at(-1), two.shown.at(-1)]).toEqual([both, both]));
    const [bobs] = one.session.accounts;
    const another = createBrokerSession({
      url: '/auth',
      fetch: browser.fetch,
      account: bobs?.id ?? '',
    });
    opened.push(another);
    await another.signOut();
    const left = `[${ada.username}] ${ada.username}`;
    for (const { shown, renders, events } of [one, two]) {
      await waitFor(() => expect(shown.at(-1)).toBe(left));
      expect(shown).toEqual(['…', both, `[${ada.username}] nobody`, left]);
      expect(renders()).toBe(4);
      expect(events).toEqual(['signed_out', 'signed_in']);
    }
    expect(document.body.textContent).toBe(`${left}welcome`.repeat(2));
  });

  it('never shows the account again of which an answer from before tells', async () => {
    const { browser } = await signedInTwice();
    let fetch = browser.fetch;
    const tab = await openTab(browser, (...request) => fetch(...request));
    await waitFor(() => expect(tab.shown.at(-1)).toBe(both));
    const [bobs, adas] = tab.session.accounts;
    const slow = held(browser.fetch, '/auth/session');
    fetch = slow.fetch;
    const asked = tab.session.lookUp();
    await slow.arrived;
    for (const { id = '' } of [bobs ?? {}, adas ?? {}]) {
      const other = createBrokerSession({ url: '/auth', fetch: browser.fetch, account: id });
      opened.push(other);
      await other.signOut();
    }
    await waitFor(() => expect(tab.shown.at(-1)).toBe('[] nobody'));
    slow.release();
    await asked;
    await tab.session.lookUp();
    expect(tab.shown.slice(tab.shown.indexOf('[] nobody'))).toEqual(['[] nobody']);
    expect(document.body.textContent).toBe('[] nobodyplease sign in');
  });

  it('shows an account that another tab added, with one render, and renders for no look-up that finds nothing new', async () => {
    const { world, browser } = await signedInTwice();
    const tab = await openTab(browser);
    await waitFor(() => expect(tab.shown.at(-1)).toBe(both));
    for (let times = 0; times < 20; times += 1) await tab.session.lookUp();
    expect(tab.renders()).toBe(2);
    const before = lookups(browser);
    await world.signIn(browser, ada);
    const other = await openTab(browser);
    const swapped = `[${ada.username} ${bob.username}] ${ada.username}`;
    await waitFor(() => expect([tab.shown.at(-1), other.shown.at(-1)]).toEqual([swapped, swapped]));
    expect(tab.renders()).toBe(3);
    expect(lookups(browser) - before).toBeLessThanOrEqual(3);
  });

  it('leads to the sign-in of one more account', async () => {
    const { browser } = await signedInTwice();
    const left: string[] = [];
    vi.stubGlobal(
      'location',
      Object.assign(new URL(`${appOrigin}/lists?page=2`), {
        assign: (url: string) => void left.push(url),
      }),
    );
    const { createRoot } = await import('react-dom/client');
    const session = createBrokerSession({ url: '/auth', fetch: browser.fetch });
    const Add = (): ReactElement => {
      const { signIn } = useActOnToken(session);
      const onClick = (): void => signIn(undefined, { another: true });
      return createElement('button', { type: 'button', onClick });
    };
    const container = document.body.appendChild(document.createElement('main'));
    const root = createRoot(container);
    root.render(createElement(Add));
    opened.push({ close: () => root.unmount() }, session);
    await waitFor(() => expect(container.querySelector('button')).not.toBe(null));
    container.querySelector('button')?.click();
    expect(left).toEqual(['/auth/login?returnTo=%2Flists%3Fpage%3D2&another=1']);
  });
});
