import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A redirect URI on a port that nobody has: not one of those from which systems take ports for whoever asks. */
export async function freeRedirectUri(): Promise<string> {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  const server = createServer();
  const isFree = await listening(server, port);
  if (isFree) await new Promise((resolve) => server.close(resolve));
  return isFree ? `http://127.0.0.1:${port}/callback` : freeRedirectUri();
}

async function listening(server: Server, port: number): Promise<boolean> {
  server.listen(port); // On all addresses.
  return once(server, 'listening').then(
    () => true,
    () => false,
  );
}
