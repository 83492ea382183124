import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { traceSessions } from '@act-on-token/opentelemetry';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  ConsoleSpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => void vi.restoreAllMocks());

/** What the exporter prints of an API call whose token Act-On does not take any more. */
async function printedTrace(): Promise<{ printed: string; secrets: string[] }> {
  const emulator = createEmulator();
  const { client, user } = emulator;
  const session = createSession({
    endpoint: actOnEndpoint({
      clientId: client.id,
      clientSecret: client.secret,
      fetch: emulator.fetch,
    }),
    account: user.username,
    store: memoryStore(),
    minRefreshInterval: 0,
    credentials: () => user,
  });
  const token = await session.getAccessToken();
  const printed: string[] = [];
  // As console.dir() itself writes it.
  vi.spyOn(console, 'dir').mockImplementation(
    (item, options) => void printed.push(inspect(item, { customInspect: false, ...options })),
  );
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'lists' }),
    spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
  });
  const stop = traceSessions(provider.getTracer('@act-on-token/core'));
  emulator.revoke({ token });
  const { status } = await session.fetch('/api/1/list');
  stop();
  await provider.shutdown();
  expect(status).toBe(200);
  const { accessTokens, refreshTokens } = emulator.exportState().maps;
  const tokens = [...accessTokens, ...refreshTokens].map(([each]) => String(each));
  return {
    printed: printed.join('\n'),
    secrets: [...tokens, client.secret, user.password, user.username],
  };
}

/** Without what differs from run to run; ids by the order in which they come. */
function plain(text: string): string {
  const ids = new Map<string, string>();
  return text
    .replaceAll(/'(?:[0-9a-f]{32}|[0-9a-f]{16})'/g, (id) => {
      if (!ids.has(id)) ids.set(id, `'id ${ids.size + 1}'`);
      return ids.get(id) ?? '';
    })
    .replaceAll(/(timestamp|duration): [\d.]+/g, '$1: …');
}

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const [, shown = ''] = /<!-- trace -->\n+```text\n([\s\S]*?)\n```/.exec(readme) ?? [];

describe('the trace of a refresh in README.md', () => {
  it('is what ConsoleSpanExporter prints, but for times and ids', async () => {
    const { printed, secrets } = await printedTrace();
    expect(plain(shown)).toBe(plain(printed));
    expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
  });

  it('has its spans under one call: the first try, claim, request, commit and the second try', () => {
    const names = [...shown.matchAll(/name: 'act_on\.([\w.]+)'/g)].map(([, name]) => name);
    expect(names).toEqual([
      'endpoint.fetch',
      'store.swap',
      'endpoint.send',
      'store.swap',
      'endpoint.fetch',
      'session.fetch',
    ]);
    const traces = [...shown.matchAll(/^ {2}traceId: '(\w{32})'/gm)].map(([, id]) => id);
    expect([traces.length, new Set(traces).size]).toEqual([6, 1]);
    const id = /name: 'act_on\.session\.fetch',\n {2}id: '(\w{16})'/.exec(shown)?.[1];
    const parents = [...shown.matchAll(/parentSpanContext: \{[^}]*spanId: '(\w{16})'/g)];
    expect(parents.map(([, parent]) => parent)).toEqual(Array(5).fill(id));
  });
});
