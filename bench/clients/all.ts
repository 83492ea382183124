import { badgateway } from './badgateway.ts';
import type { Client } from './client.ts';
import { floor } from './floor.ts';
import { google } from './google.ts';
import { oidcClientTs } from './oidc-client-ts.ts';
import { ours } from './ours.ts';
import { simpleOAuth2 } from './simple-oauth2.ts';
import { supabase } from './supabase.ts';

/** Those that keep a pair and refresh it. */
export const peers: readonly Client[] = [badgateway, google, simpleOAuth2, supabase, oidcClientTs];

export const clients: readonly Client[] = [ours, floor, ...peers];

export function clientNamed(name: string): Client {
  const client = clients.find((each) => each.name === name);
  if (client === undefined)
    throw new Error(
      `There is no client "${name}". There are: ${clients.map((each) => each.name).join(', ')}.`,
    );
  return client;
}
