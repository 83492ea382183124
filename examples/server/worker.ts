import { once } from 'node:events';
import type { Server } from 'node:http';
import { actOnEndpoint, createSessionPool } from '@act-on-token/core';
import { measure } from '@act-on-token/opentelemetry';
import { redisStore } from '@act-on-token/redis';
import { serve } from '@hono/node-server';
import { metrics } from '@opentelemetry/api';
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Redis } from 'ioredis';
import { createApp } from './app.ts';
import { credentialsOf, type Settings } from './settings.ts';

/** One process of the server. Resolves once it has ended well after SIGTERM or SIGINT. */
export async function runWorker(settings: Settings): Promise<void> {
  const meterProvider = startMetrics();
  const redis = new Redis(settings.redisUrl);
  redis.on('error', () => {}); // What matters of it comes as store_unavailable.
  const store = redisStore(redis);
  const pool = createSessionPool({
    endpoint: actOnEndpoint({
      clientId: settings.clientId,
      clientSecret: settings.clientSecret,
      ...settings.where,
    }),
    store,
    credentials: (account) => credentialsOf(settings, account),
  });
  measure(pool);
  const app = createApp({
    pool,
    isKnown: (account) => settings.users.has(account),
    ping: () => redis.ping(),
  });
  const server = serve({ fetch: app.fetch, port: settings.port, hostname: '127.0.0.1' });

  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  // First no new requests, then the answers under way, then the tokens under way, and only then
  // what they need.
  (server as Server).keepAliveTimeout = 1; // Who has got an answer must not hold its connection open for another question.
  await new Promise((resolve) => server.close(resolve));
  await pool.close();
  await store.close();
  redis.disconnect();
  await meterProvider?.shutdown();
}

/** To the console, if asked for. Put your own exporter here. */
function startMetrics(): MeterProvider | null {
  if (process.env.METRICS !== 'console') return null;
  const reader = new PeriodicExportingMetricReader({
    exporter: new ConsoleMetricExporter(),
    exportIntervalMillis: 10_000,
  });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return provider;
}
