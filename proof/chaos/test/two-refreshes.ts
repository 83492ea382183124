// Signs in and refreshes twice, one right after the other, under whatever runs this file; prints
// what came of each.
import process from 'node:process';
import { actOnEndpoint } from '@act-on-token/core';

const { client, user, baseUrl } = JSON.parse(process.env.ACT_ON ?? '{}');
const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, baseUrl });
const { signal } = new AbortController();
const outcomes = [await endpoint.send({ type: 'password', ...user }, signal)];
for (let refreshes = 0; refreshes < 2; refreshes += 1) {
  const last = outcomes.at(-1);
  const refreshToken = last?.type === 'granted' ? (last.refreshToken ?? '') : '';
  outcomes.push(await endpoint.send({ type: 'refresh_token', refreshToken }, signal));
}
console.log(outcomes.map(({ type }) => type).join(' '));
