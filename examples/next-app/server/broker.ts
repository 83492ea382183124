import 'server-only';
import { type Broker, createBroker } from '@act-on-token/broker';
import { readSettings } from './settings';

/**
 * On the global object, so that it outlives a module that is edited in development, and the tokens
 * in its store with it.
 */
const kept = globalThis as { actOnBroker?: Broker };

/** Made at the first request: a build runs this module too, and has no secrets. */
export function broker(): Broker {
  kept.actOnBroker ??= createBroker(readSettings(process.env));
  return kept.actOnBroker;
}
