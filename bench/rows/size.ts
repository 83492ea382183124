import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { ours } from '../clients/ours.ts';
import { bundledBytes } from '../harness/bundle.ts';
import { inProcess } from '../harness/child.ts';
import { type Installed, installedSize } from '../harness/install-size.ts';
import { atMost, exactly, type Measurements, type Row } from '../harness/row.ts';
import { peersFolder, peerVersions } from '../peers/ensure-peers.ts';
import { figures, type Group } from './stage.ts';

/**
 * What a program imports of a peer to keep a token valid, or the least that can be imported of it.
 */
const imports: Readonly<
  Record<string, { names: string; platform: 'neutral' | 'node' | 'browser' }>
> = {
  '@badgateway/oauth2-client': { names: 'OAuth2Client, OAuth2Fetch', platform: 'node' },
  oauth4webapi: {
    names: 'refreshTokenGrantRequest, processRefreshTokenResponse, ClientSecretPost',
    platform: 'neutral',
  },
  'openid-client': {
    names: 'Configuration, refreshTokenGrant, ClientSecretPost',
    platform: 'neutral',
  },
  'simple-oauth2': { names: 'ResourceOwnerPassword', platform: 'node' },
  'google-auth-library': { names: 'OAuth2Client', platform: 'node' },
  '@azure/msal-node': { names: 'ConfidentialClientApplication', platform: 'node' },
  '@supabase/auth-js': { names: 'AuthClient', platform: 'browser' },
  '@auth0/auth0-spa-js': { names: 'Auth0Client', platform: 'browser' },
  'oidc-client-ts': { names: 'UserManager, WebStorageStateStore', platform: 'browser' },
  'react-oauth2-code-pkce': { names: 'AuthProvider, AuthContext', platform: 'browser' },
};

const core = '@act-on-token/core';

export const size: Group = async ({ quick }) => {
  const installed = new Map<string, Installed>(
    Object.keys(peerVersions()).map((name) => [
      name,
      installedSize(join(peersFolder, 'node_modules'), name),
    ]),
  );
  const all = (own: number, one: (installed: Installed) => number): Measurements => [
    {
      [ours.name]: own,
      ...Object.fromEntries([...installed].map(([name, each]) => [name, one(each)])),
    },
  ];
  const row = { group: 7, better: 'less' } as const;
  return [
    ...(await bundles()),
    {
      ...row,
      metric: 'installed, with what comes along',
      unit: 'kB',
      ...figures(all((await packedBytes()) / 1_000, ({ bytes }) => bytes / 1_000)),
      goal: atMost(120),
    },
    {
      ...row,
      metric: 'transitive dependencies',
      unit: '',
      ...figures(all(0, ({ dependencies }) => dependencies)),
      goal: exactly(0),
    },
    {
      ...row,
      metric: 'import',
      unit: 'ms',
      ...figures(await importTimes(quick ? 3 : 5)),
      goal: atMost(3),
    },
  ];
};

async function bundles(): Promise<Row[]> {
  const folder = join(root, 'bench');
  const bytes: Record<string, number> = {};
  for (const [name, { names, platform }] of Object.entries(imports)) {
    bytes[name] = await bundledBytes(`export { ${names} } from '${name}';`, peersFolder, platform, [
      'react',
    ]);
  }
  const plain = await bundledBytes(
    `export { createSession, actOnEndpoint } from '${core}';`,
    folder,
    'neutral',
  );
  const whole = `export { createSession, actOnEndpoint } from '${core}'; export { memoryStore } from '@act-on-token/memory'; export { ActOnTokenProvider, useActOnToken } from './packages/react/dist/index.js';`;
  const withReact = await bundledBytes(
    whole
      .replaceAll('@act-on-token/memory', './packages/memory/dist/index.js')
      .replaceAll(core, './packages/core/dist/index.js'),
    root,
    'neutral',
    ['react', core],
  );
  const row = { group: 7, unit: 'bytes, brotli', better: 'less' } as const;
  return [
    {
      ...row,
      metric: 'the bundle',
      ...figures([{ ...bytes, [ours.name]: plain }]),
      goal: atMost(6_500),
    },
    {
      ...row,
      metric: 'the bundle with a store and the React hook',
      ...figures([{ [ours.name]: withReact }]),
      goal: atMost(7_500),
    },
  ];
}

/** What lies in node_modules after an install. */
async function packedBytes(): Promise<number> {
  const printed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(root, 'packages', 'core'),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ unpackedSize }] = JSON.parse(String(printed));
  return unpackedSize;
}

async function importTimes(rounds: number): Promise<Measurements> {
  const times: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const byName: Record<string, number> = {
      [ours.name]: await inProcess('import-time', { name: core, isPeer: false }),
    };
    for (const name of Object.keys(peerVersions()))
      byName[name] = await inProcess('import-time', { name, isPeer: true });
    times.push(byName);
  }
  return times;
}
