import { actOnEndpoint, createSessionPool } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { measure } from './metrics.ts';

it('the metrics say what the sessions of a pool do, and never whose they are', async () => {
  const emulator = createEmulator();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const pool = createSessionPool({
    endpoint: actOnEndpoint({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch: emulator.fetch,
    }),
    store: memoryStore(),
    credentials: () => emulator.user,
    minRefreshInterval: 0,
  });
  const stop = measure(pool, meters.getMeter('test'));
  const session = pool.get(emulator.user.username);
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
  expect(JSON.stringify(points)).not.toContain(emulator.user.username);
  stop();
  await pool.close();
  await meters.shutdown();
});
