import { once } from 'node:events';
import { createBroker } from '@act-on-token/broker';
import { createApp } from './app.ts';
import { readSettings } from './settings.ts';

const broker = createBroker(readSettings(process.env));
const server = createApp(broker).listen(Number(process.env.PORT ?? 3000), () =>
  console.log(`${process.env.APP_URL} shows the app.`),
);
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
server.close();
server.closeIdleConnections();
await broker.close();
