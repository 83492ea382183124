import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect } from 'vitest';
import {
  canBeOthers,
  mallory,
  runAs,
  victim,
} from '../../packages/file/test/support/other-users.ts';
import { runtimes } from '../../packages/file/test/support/runtimes.ts';
import { attacker } from './attack.ts';

// Mallory has an account on the machine on which the victim's programs keep their records.

const { honest, attack } = attacker('another local user');
const top = mkdtempSync(join(tmpdir(), 'act-on-token-attacks-'));
chmodSync(top, 0o755);
afterAll(() => rmSync(top, { recursive: true, force: true }));

const [node] = runtimes;
const id = 'a'.repeat(32);
let count = 0;
/** A directory as /tmp is, the victim's own, and Mallory's own. */
let [tmp, home, theirs] = ['', '', ''];
beforeEach(() => {
  count += 1;
  [tmp, home, theirs] = ['tmp', 'home', 'theirs'].map((name) => join(top, `${count}`, name)) as [
    string,
    string,
    string,
  ];
  for (const [path, owner, mode] of [
    [tmp, 0, 0o1777],
    [home, victim, 0o755],
    [theirs, mallory, 0o755],
  ] as const) {
    mkdirSync(path, { recursive: true });
    chownSync(path, owner, owner);
    chmodSync(path, mode);
  }
});

/**
 * What a program of this user prints that raises the number in a directory by one: the number, or
 * why not.
 */
const use = async (directory: string, user = victim, umask = '022'): Promise<string> =>
  (
    await runAs(user, node?.command([]) ?? [], directory, join(home, '.cache'), umask)
  ).stdout.trim();
const refused = expect.stringContaining('(FOREIGN)');

function give(path: string, user: number, mode?: number): string {
  lchownSync(path, user, user);
  if (mode !== undefined) chmodSync(path, mode);
  return path;
}
function folder(path: string, user: number, mode = 0o755): string {
  mkdirSync(path, { recursive: true });
  return give(path, user, mode);
}
function link(target: string, path: string, user = mallory): string {
  symlinkSync(target, path);
  return give(path, user);
}
/** Files of the victim's, older than any minute. */
function letters(path = join(home, 'Maildir')): string {
  for (const name of ['', 'new', 'cur', 'tmp', `act-on-token-new-${id}`]) {
    folder(join(path, name), victim);
    if (name !== '') writeFileSync(join(path, name, 'letter'), 'dear');
  }
  writeFileSync(join(path, 'head-none'), 'dear');
  for (const each of readdirSync(path, { recursive: true }).map((name) =>
    join(path, String(name)),
  )) {
    give(each, victim);
    utimesSync(each, 0, 0);
  }
  return path;
}
function allThere(path: string): void {
  expect(readdirSync(path).sort()).toEqual([
    `act-on-token-new-${id}`,
    'cur',
    'head-none',
    'new',
    'tmp',
  ]);
  for (const name of ['new', 'cur', 'tmp', `act-on-token-new-${id}`])
    expect(readdirSync(join(path, name))).toEqual(['letter']);
}
/** A store of Mallory's that anyone may read, with a record in it. */
async function trap(path: string, mode: number): Promise<string> {
  expect(await use(path, mallory)).toBe('1');
  for (const each of readdirSync(path, { recursive: true }).map((name) => join(path, String(name))))
    chmodSync(each, statSync(each).isDirectory() ? 0o777 : 0o666);
  chmodSync(path, mode);
  return path;
}
const accountIn = (directory: string): string =>
  join(directory, readdirSync(directory).find((name) => /^[0-9a-f]{64}$/.test(name)) ?? 'none');
const recordIn = (account: string): string =>
  join(account, readdirSync(account).find((name) => name.startsWith('record-')) ?? 'none');

describe.runIf(canBeOthers)('another local user', () => {
  honest('a directory in the home of its user keeps what was written', async () => {
    expect([await use(join(home, 'store')), await use(join(home, 'store'))]).toEqual(['1', '2']);
  });
  honest('a directory below a sticky one does', async () => {
    expect([await use(join(tmp, 'a', 'store')), await use(join(tmp, 'a', 'store'))]).toEqual([
      '1',
      '2',
    ]);
  });
  honest('a sticky directory itself does, for two users at once', async () => {
    chmodSync(tmp, 0o1777);
    expect(await use(tmp)).toBe('1');
  });
  honest("root's directory does, for a group", async () => {
    const directory = folder(join(top, `${count}`, 'of-root'), 0);
    chownSync(directory, 0, victim);
    chmodSync(directory, 0o2775);
    expect([await use(directory), await use(directory)]).toEqual(['1', '2']);
  });
  honest("a link of one's own, and one of root's, lead to one's own directory", async () => {
    const real = folder(join(home, 'real'), victim);
    expect([
      await use(link(real, join(home, 'mine'), victim)),
      await use(link(real, join(tmp, 'of-root'), 0)),
    ]).toEqual(['1', '2']);
  });
  honest("a directory below another user's, that only they may change, is a choice", async () => {
    expect(await use(folder(join(theirs, 'store'), victim))).toBe('1');
  });

  for (const mode of [0o755, 0o777, 0o1777, 0o775, 0o2777]) {
    attack(
      `a store of theirs with the rights ${mode.toString(8)} hands out their record`,
      async () => {
        expect(await use(await trap(join(tmp, 'store'), mode))).toEqual(refused);
      },
    );
    attack(
      `a store of theirs with the rights ${mode.toString(8)} hands out their record to root`,
      async () => {
        expect(await use(await trap(join(tmp, 'store'), mode), 0)).toEqual(refused);
      },
    );
  }
  attack("an empty directory of theirs takes the victim's tokens", async () => {
    const directory = folder(join(tmp, 'store'), mallory, 0o777);
    expect(await use(directory)).toEqual(refused);
    expect(readdirSync(directory)).toEqual([]);
  });
  attack('an account folder of theirs waits in a sticky directory', async () => {
    await trap(tmp, 0o1777);
    expect(await use(tmp)).toEqual(refused);
  });
  attack('an empty account folder of theirs waits there', async () => {
    await trap(tmp, 0o1777);
    const account = accountIn(tmp);
    for (const name of readdirSync(account)) rmSync(join(account, name));
    expect(await use(tmp)).toEqual(refused);
    expect(readdirSync(account)).toEqual([]);
  });
  attack("a link in place of the account folder leads to a folder of the victim's", async () => {
    await use(join(home, 'store'));
    link(accountIn(join(home, 'store')), join(tmp, accountIn(join(home, 'store')).slice(-64)));
    expect(await use(tmp)).toEqual(refused);
    expect(await use(join(home, 'store'))).toBe('2');
  });
  attack(
    "a record of theirs is put into an account of the victim's that was open for a moment",
    async () => {
      await use(join(home, 'store'));
      give(recordIn(accountIn(join(home, 'store'))), mallory, 0o644);
      expect(await use(join(home, 'store'))).toEqual(refused);
    },
  );
  attack('a record that every user may write to is believed', async () => {
    await use(join(home, 'store'));
    chmodSync(recordIn(accountIn(join(home, 'store'))), 0o666);
    expect(await use(join(home, 'store'))).toEqual(refused);
  });
  attack('an account folder that every user may write to is believed', async () => {
    await use(join(home, 'store'));
    chmodSync(accountIn(join(home, 'store')), 0o777);
    expect(await use(join(home, 'store'))).toEqual(refused);
  });
  attack("a link in place of a record reads a file of the victim's", async () => {
    await use(join(home, 'store'));
    const record = recordIn(accountIn(join(home, 'store')));
    renameSync(record, `${record}.old`);
    link(`${record}.old`, record);
    expect(await use(join(home, 'store'))).toEqual(refused);
  });
  for (const below of ['', 'below', 'further/below']) {
    for (const user of [victim, 0]) {
      attack(
        `a link of theirs sends user ${user} into a Maildir of the victim's${below && `, by way of ${below}`}`,
        async () => {
          const mail = letters();
          expect(await use(join(link(mail, join(tmp, 'store')), below), user)).toEqual(refused);
          allThere(mail);
        },
      );
    }
  }
  attack("a link of the victim's own leads over a link of theirs", async () => {
    const mail = letters();
    link(mail, join(tmp, 'theirs'));
    expect(await use(link(join(tmp, 'theirs'), join(home, 'link'), victim))).toEqual(refused);
    allThere(mail);
  });
  attack('a link of theirs leads out of the directory by two dots', async () => {
    const mail = letters();
    link(join('..', 'home', 'Maildir'), join(tmp, 'store'));
    expect(await use(join(tmp, 'store'))).toEqual(refused);
    allThere(mail);
  });
  for (const name of ['new', `act-on-token-new-${id}`, `act-on-token-new-${id}-`]) {
    attack(`a link called ${name} has what is behind it swept away`, async () => {
      const mail = letters();
      link(mail, join(tmp, name));
      await use(tmp);
      await use(tmp, 0);
      allThere(mail);
      expect(existsSync(join(tmp, name))).toBe(true);
    });
  }
  attack('a directory that is a Maildir is swept', async () => {
    const mail = letters();
    expect(await use(mail)).toBe('1');
    rmSync(accountIn(mail), { recursive: true });
    allThere(mail);
  });
  attack(
    "a hard link of theirs to a file of the victim's is removed or written through",
    async () => {
      const file = join(tmp, 'precious');
      writeFileSync(file, 'dear');
      give(file, victim, 0o644);
      const half = folder(join(tmp, `act-on-token-new-${id}`), mallory);
      linkSync(file, join(half, 'head-none'));
      utimesSync(half, 0, 0);
      await use(tmp);
      await use(tmp, 0);
      expect([readFileSync(file, 'utf8'), readdirSync(half)]).toEqual(['dear', ['head-none']]);
    },
  );
  attack('a directory in which all may move things away is used', async () => {
    expect(await use(folder(join(top, `${count}`, 'open'), 0, 0o777))).toEqual(refused);
  });
  attack('a directory below such a one is used', async () => {
    const open = folder(join(top, `${count}`, 'open'), 0, 0o777);
    expect(await use(folder(join(open, 'store'), victim, 0o700))).toEqual(refused);
  });
  attack('a directory below such a one is made', async () => {
    const open = folder(join(top, `${count}`, 'open'), 0, 0o777);
    expect(await use(join(open, 'further', 'below'))).toEqual(refused);
    expect(readdirSync(open)).toEqual([]);
  });
  for (const user of [victim, 0]) {
    attack(
      `user ${user} makes a directory inside one that they prepared in a sticky one`,
      async () => {
        const prepared = folder(join(tmp, 'prepared'), mallory, 0o777);
        expect(await use(join(prepared, 'store'), user)).toEqual(refused);
        expect(readdirSync(prepared)).toEqual([]);
      },
    );
  }
  for (const below of ['', 'store']) {
    attack(
      `a sticky directory of theirs, whose owner may move all away, is used${below && ' by one below'}`,
      async () => {
        const sticky = folder(join(theirs, 'sticky'), mallory, 0o1777);
        expect(await use(join(sticky, below))).toEqual(refused);
        expect(readdirSync(sticky)).toEqual([]);
      },
    );
  }
  attack('files made under a umask of 0 can be read', async () => {
    expect(await use(join(tmp, 'a', 'store'), victim, '0')).toBe('1');
    for (const path of readdirSync(join(tmp, 'a'), { recursive: true }))
      expect(statSync(join(tmp, 'a', String(path))).mode & 0o077).toBe(0);
    expect(statSync(join(tmp, 'a')).mode & 0o077).toBe(0);
  });
  attack("a program of theirs raises the victim's number", async () => {
    await use(join(tmp, 'store'));
    expect(await use(join(tmp, 'store'), mallory)).toMatch(/\((FOREIGN|EACCES)\)/);
    expect(await use(join(tmp, 'store'))).toBe('2');
  });
  attack('a message shows what was in their record', async () => {
    const directory = await trap(join(tmp, 'store'), 0o755);
    writeFileSync(recordIn(accountIn(directory)), 'THEIR-WORDS');
    expect(await use(directory)).not.toContain('THEIR-WORDS');
  });
});
