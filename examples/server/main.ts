// A server of several processes that share every Act-On account through one Redis. README.md names
// the environment variables.
import cluster from 'node:cluster';
import { readSettings } from './settings.ts';
import { runWorker } from './worker.ts';

try {
  const settings = readSettings(process.env);
  if (cluster.isPrimary) supervise(settings.workers);
  else {
    await runWorker(settings);
    process.exit();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** Starts the workers, replaces those that die, and ends when told to, after the last of them. */
function supervise(workers: number): void {
  let isEnding = false;
  for (let left = workers; left > 0; left -= 1) cluster.fork();
  cluster.on('listening', (worker, { port }) =>
    console.log(`worker ${worker.process.pid} listens on http://127.0.0.1:${port}`),
  );
  cluster.on('exit', (worker) => {
    if (isEnding) return;
    console.error(`worker ${worker.process.pid} died; another one takes its place.`);
    cluster.fork();
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      isEnding = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.kill(signal);
    });
  }
}
