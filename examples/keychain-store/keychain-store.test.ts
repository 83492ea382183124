import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { storeCases } from '@act-on-token/store-kit';
import { AsyncEntry, findCredentialsAsync } from '@napi-rs/keyring';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isKeychainThere, type KeychainSession, startKeychain } from './keychain-session.ts';
import { keychainStore } from './keychain-store.ts';

const record = (version: string) => ({ version, value: `value of ${version}` });
const rejection = (promise: Promise<unknown>) => promise.catch((reason: unknown) => reason);

describe.skipIf(!isKeychainThere)('keychainStore', () => {
  let session: KeychainSession;
  let directory: string;
  let service: string;
  beforeAll(async () => {
    session = await startKeychain();
    process.env.DBUS_SESSION_BUS_ADDRESS = session.address;
  });
  afterAll(async () => {
    delete process.env.DBUS_SESSION_BUS_ADDRESS;
    await session.end();
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keychain-store-'));
    service = `act-on-token test ${crypto.randomUUID()}`;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const open = () => keychainStore({ directory, service });
  /** The names of the keys that the keychain holds. */
  const keys = async () => (await findCredentialsAsync(service)).map(({ account }) => account);
  /** Everything that the folder holds. */
  const contents = (): string =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(directory, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file, 'latin1'))
      .join('\n');

  describe('keychainStore passes the store kit: it', () => {
    let shared: string;
    beforeAll(() => {
      shared = mkdtempSync(join(tmpdir(), 'keychain-store-kit-'));
    });
    afterAll(() => rmSync(shared, { recursive: true }));
    for (const { name, run } of storeCases)
      it(name, () => run(() => keychainStore({ directory: shared, service: 'store kit' })));
  });

  it('opens again what another process has sealed', async () => {
    const before = await open();
    await before.swap('ada', null, record('a'));
    await before.close();
    const after = await open();
    expect((await after.read('ada')).record).toEqual(record('a'));
    await after.close();
    expect(await keys()).toHaveLength(1);
  });

  it('leaves neither a value nor the key in the folder', async () => {
    const store = await open();
    await store.swap('ada', null, record('a'));
    await store.close();
    const [{ password } = { password: '' }] = await findCredentialsAsync(service);
    expect(password).toHaveLength(44);
    expect(contents()).toContain('sealed1.');
    for (const secret of ['value of a', password, Buffer.from(password, 'base64').toString('hex')])
      expect(contents()).not.toContain(secret);
  });

  /** Processes that open the store at once, each with a record of its own; resolves with what each says. */
  async function atOnce(names: readonly string[], env: NodeJS.ProcessEnv): Promise<unknown[]> {
    const program = fileURLToPath(new URL('worker.ts', import.meta.url));
    const workers = names.map((name) => fork(program, [directory, service, name], { env }));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const answers = workers.map(async (worker) => (await once(worker, 'message'))[0] as unknown);
    for (const worker of workers) worker.send('begin');
    return Promise.all(answers);
  }

  it('makes one key where eight processes begin at once', { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 8 }, (_, index) => `account ${index}`);
    expect(await atOnce(names, process.env)).toEqual(names.map(() => 'written'));
    const store = await open();
    for (const name of names)
      expect((await store.read(name)).record?.value).toBe(`value of ${name}`);
    await store.close();
    expect(await keys()).toHaveLength(1);
  });

  it('says that the key is lost and what to do, and leaves the records as they are', async () => {
    const store = await open();
    await store.swap('ada', null, record('a'));
    await store.close();
    const before = contents();
    const [name = ''] = await keys();
    await new AsyncEntry(service, name, { linux: { store: 'secret-service' } }).deletePassword();
    expect(await rejection(open())).toMatchObject({
      code: 'store_corrupt',
      message: `The keychain has lost the key "${service}" for the sign-ins in ${directory}, and nothing can open them without it. Restore the keychain, or delete that folder and sign in again.`,
    });
    expect(contents()).toBe(before);
    rmSync(directory, { recursive: true });
    const again = await open();
    expect((await again.read('ada')).record).toBeNull();
    await again.close();
  });

  it('says that there is no keychain, and keeps no name of a key that was never made', async () => {
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' };
    const [answer] = await atOnce(['ada'], env);
    expect(answer).toMatchObject({
      code: 'store_unavailable',
      message:
        'The keychain of this user did not answer. Unlock it; on Linux, start a Secret Service such as gnome-keyring-daemon.',
    });
    const store = await open();
    expect((await store.read('ada')).record).toBeNull();
    await store.close();
  });
});
