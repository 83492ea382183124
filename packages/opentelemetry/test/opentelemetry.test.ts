import { readFileSync } from 'node:fs';
import { actOnEndpoint, createSession, createSessionPool } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { logEvents, measure, traceSessions } from '@act-on-token/opentelemetry';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  ConsoleSpanExporter,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => void vi.restoreAllMocks());

function world() {
  const emulator = createEmulator();
  const { client, user } = emulator;
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    fetch: emulator.fetch,
  });
  const options = { endpoint, store: memoryStore(), minRefreshInterval: 0 };
  const session = createSession({ ...options, account: user.username, credentials: () => user });
  /** Everything that must show nowhere. */
  const secrets = (): string[] => {
    const { accessTokens, refreshTokens } = emulator.exportState().maps;
    const tokens = [...accessTokens, ...refreshTokens].map(([token]) => String(token));
    return [...tokens, client.secret, user.password, user.username];
  };
  return { emulator, options, session, user, secrets };
}
const leaks = (text: string, secrets: readonly string[]): string[] =>
  secrets.filter((secret) => text.includes(secret));

describe('traceSessions()', () => {
  it('makes a tree of one API call with the refresh in it, and holds no secret', async () => {
    const { session, secrets, emulator } = world();
    const token = await session.getAccessToken();
    const exporter = new InMemorySpanExporter();
    const printed: string[] = [];
    vi.spyOn(console, 'dir').mockImplementation((...all) => void printed.push(JSON.stringify(all)));
    const provider = new BasicTracerProvider({
      spanProcessors: [
        new SimpleSpanProcessor(exporter),
        new SimpleSpanProcessor(new ConsoleSpanExporter()),
      ],
    });
    const stop = traceSessions(provider.getTracer('test'));
    emulator.revoke({ token });
    expect((await session.fetch('/api/1/list', { method: 'get' })).status).toBe(200);
    await vi.waitFor(() => expect(exporter.getFinishedSpans().length).toBeGreaterThan(3));
    const spans = exporter.getFinishedSpans();
    const [call] = spans.filter(({ name }) => name === 'act_on.session.fetch');
    expect(call?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
    });
    const [refresh] = spans.filter(({ name }) => name === 'act_on.endpoint.send');
    expect(refresh?.attributes).toEqual({
      'act_on.grant': 'refresh_token',
      'act_on.outcome': 'granted',
    });
    expect(spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['act_on.store.swap', 'act_on.endpoint.fetch']),
    );
    for (const span of spans) {
      if (span === call) continue;
      expect([span.name, span.spanContext().traceId]).toEqual([
        span.name,
        call?.spanContext().traceId,
      ]);
    }
    expect(printed.length).toBe(spans.length);
    console.log(printed.map((line) => line.slice(0, 2_000)).join('\n'));
    expect(leaks(printed.join(), secrets())).toEqual([]);
    stop();
    const before = exporter.getFinishedSpans().length;
    await session.fetch('/api/1/list');
    expect(exporter.getFinishedSpans()).toHaveLength(before);
  });

  it('marks what failed, and hands the caller the error itself', async () => {
    const { session, emulator, secrets } = world();
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const stop = traceSessions(provider.getTracer('test'));
    emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 30 });
    const failure = await session.getAccessToken().catch((error: unknown) => error);
    const fetched = await session
      .fetch('https://elsewhere.example/')
      .catch((error: unknown) => error);
    expect(fetched).toMatchObject({ code: 'configuration' });
    const spans = exporter.getFinishedSpans();
    const [call] = spans.filter(({ name }) => name === 'act_on.session.fetch');
    expect(call).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'configuration' },
    });
    expect(
      leaks(JSON.stringify(spans.map(({ attributes, name }) => [name, attributes])), secrets()),
    ).toEqual([]);
    expect(failure).toMatchObject({ code: 'rate_limited' });
    const [refused] = spans.filter(({ name }) => name === 'act_on.endpoint.send');
    expect(refused).toMatchObject({
      status: { code: 2 },
      attributes: { 'act_on.grant': 'password', 'act_on.outcome': 'not_processed' },
    });
    stop();
  });
});

it('logEvents() writes events by how much they matter, and whose they are only if that is asked for', async () => {
  const { options, user, secrets, emulator } = world();
  const pool = createSessionPool({ ...options, credentials: () => user });
  const lines: [string, object, string][] = [];
  const logger = {
    info: (facts: object, text: string) => void lines.push(['info', facts, text]),
    warn: (facts: object, text: string) => void lines.push(['warn', facts, text]),
    error: (facts: object, text: string) => void lines.push(['error', facts, text]),
  };
  const stop = logEvents(pool, logger);
  const session = pool.get(user.username);
  const rejected = await session.getAccessToken();
  emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 30 });
  await session.getAccessToken({ rejected }).catch(() => {});
  expect(lines.map(([level, , text]) => `${level} ${text}`)).toEqual(
    expect.arrayContaining(['info act-on-token: signed_in', 'warn act-on-token: refresh_failed']),
  );
  expect(leaks(JSON.stringify(lines), secrets())).toEqual([]);
  stop();
  const named = logEvents(pool, logger, { accounts: true });
  await session.signOut();
  expect(lines.at(-1)?.[1]).toEqual({ event: 'signed_out', account: user.username });
  named();
  await pool.close();
});

it('measure() counts what the sessions of a pool do, and never whose they are', async () => {
  const { options, user } = world();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const pool = createSessionPool({ ...options, credentials: () => user });
  const stop = measure(pool, meters.getMeter('test'));
  const session = pool.get(user.username);
  const rejected = await session.getAccessToken();
  await session.getAccessToken({ rejected });
  await reader.forceFlush();
  const points = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap((scope) => scope.metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, attributes, value })),
    );
  expect(points).toContainEqual({ name: 'act_on.token.grants', attributes: {}, value: 1 });
  expect(points).toContainEqual({
    name: 'act_on.token.refreshes',
    attributes: { result: 'ok' },
    value: 1,
  });
  expect(points).toContainEqual({
    name: 'act_on.token.events',
    attributes: { type: 'signed_in' },
    value: 1,
  });
  expect(points).toContainEqual({ name: 'act_on.token.sessions', attributes: {}, value: 1 });
  expect(JSON.stringify(points)).not.toContain(user.username);
  stop();
  await pool.close();
  await meters.shutdown();
});

it('README.md has each metric, with its unit', () => {
  const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const rows = (text: string): string[][] =>
    [...text.matchAll(/\| (`act_on\.token\..*) \|$/gm)].map(([, row = '']) =>
      row.split('|').map((cell) => cell.trim()),
    );
  const source = read('src/metrics.ts');
  expect(rows(read('README.md'))).toEqual(rows(source));
  const made = [...source.matchAll(/counter\(\s*'(\w+)'|'act_on\.token\.(\w+)'/g)].map(
    ([, counter, gauge]) => `\`act_on.token.${counter ?? gauge}\``,
  );
  expect(made.sort()).toEqual(
    rows(source)
      .map(([name]) => name)
      .sort(),
  );
});
