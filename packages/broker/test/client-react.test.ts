// @vitest-environment happy-dom
import { type BrokerSession, createBrokerSession } from '@act-on-token/broker/client';
import { ActOnTokenProvider, useActOnToken } from '@act-on-token/react';
import { createElement, type ReactElement, StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, it, vi } from 'vitest';
import type { SessionAnswer } from '../src/wire.ts';

const answer: SessionAnswer = {
  active: true,
  reason: null,
  now: Date.now(),
  mode: 'proxy',
  login_url: '/auth/login',
  account: { id: 'a', name: 'Ada' },
  accounts: [{ id: 'a', name: 'Ada' }],
  snapshot: {
    status: 'authorized',
    expiresAt: Date.now() + 3_600_000,
    reason: null,
    usable: true,
    needsGrant: false,
    signingIn: false,
    saved: true,
    error: null,
    grants: { used: 1, limit: 5, nextAt: null },
  },
  api_base: 'https://api.actonsoftware.com/',
};

vi.setConfig({ testTimeout: 30_000 });

let requests = 0;
let renders = 0;
/** What else the component shows. */
let whom = (): string => '';
const complaints = vi.spyOn(console, 'error');
afterEach(() => {
  expect(complaints).not.toHaveBeenCalled();
  [requests, renders] = [0, 0];
  whom = () => '';
});

function page(): { session: BrokerSession; app: ReactElement } {
  const session = createBrokerSession({
    url: '/auth',
    async fetch() {
      requests += 1;
      return Response.json(answer);
    },
  });
  const app = createElement(
    StrictMode,
    null,
    createElement(ActOnTokenProvider, { session }, createElement(Account)),
  );
  return { session, app };
}

function Account(): ReactElement {
  renders += 1;
  const { loaded, usable } = useActOnToken();
  return createElement('p', null, loaded ? `usable: ${usable}${whom()}` : 'loading');
}

const shows = (container: Element, text: string) =>
  vi.waitFor(() => expect(container.textContent).toBe(text), { timeout: 20_000, interval: 5 });

it('a component shows the session, looked up once, StrictMode or not', async () => {
  const container = document.body.appendChild(document.createElement('main'));
  const { app, session } = page();
  const root = createRoot(container);
  root.render(app);
  await shows(container, 'usable: true');
  expect(requests).toBe(1);
  const before = renders;
  await session.lookUp();
  expect(renders).toBe(before);
  root.unmount();
});

it('a component shows another account as soon as the broker says so, though nothing but the account changed', async () => {
  const container = document.body.appendChild(document.createElement('main'));
  let name = 'Ada';
  const session = createBrokerSession({
    url: '/auth',
    fetch: async () => Response.json({ ...answer, account: { id: name, name } }),
  });
  whom = () => ` for ${session.account?.name}`;
  const root = createRoot(container);
  root.render(createElement(ActOnTokenProvider, { session }, createElement(Account)));
  await shows(container, 'usable: true for Ada');
  name = 'Bob';
  await session.lookUp();
  await shows(container, 'usable: true for Bob');
  root.unmount();
});

it('a server renders it without a request, and a page takes that over without a complaint', async () => {
  const { app } = page();
  const html = renderToString(app);
  expect(html).toBe('<p>loading</p>');
  expect(requests).toBe(0);
  const container = document.body.appendChild(document.createElement('main'));
  container.innerHTML = html;
  const repaired: unknown[] = [];
  const root = hydrateRoot(container, page().app, {
    onRecoverableError: (error) => repaired.push(error),
  });
  await shows(container, 'usable: true');
  expect({ repaired, requests }).toEqual({ repaired: [], requests: 1 });
  root.unmount();
});
