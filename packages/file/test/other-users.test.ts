import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshFolder } from './support/fresh-folder.ts';
import { canBeOthers, mallory, runAs, victim } from './support/other-users.ts';
import { runtimes } from './support/runtimes.ts';

// Two users of one machine. What the victim's programs are told to use, Mallory was at first.

const folder = freshFolder();
let count = 0;

/** Deno that is not told who runs it finds out, if not always what is wrong first. */
const candidates = runtimes.flatMap(({ name, command }) =>
  name === 'Deno'
    ? [
        { name, command, refusals: 'cannot be used (' },
        {
          name: 'Deno with its user',
          command: (paths: readonly string[]) => [...command(paths), '--allow-sys=uid'],
        },
      ]
    : [{ name, command }],
);

describe.runIf(canBeOthers).each(candidates)(
  'under $name, where another user was first',
  { timeout: 60_000 },
  ({ command, refusals = '' }) => {
    /**
     * Where all may make things, but take away only their own, as in /tmp; and where nothing keeps
     * them from that.
     */
    let [tmp, open] = ['', ''];
    let home = '';
    beforeEach(() => {
      count += 1;
      [tmp, open, home] = ['tmp', 'open', 'home'].map((name) => join(folder, `${count}`, name)) as [
        string,
        string,
        string,
      ];
      for (const each of [tmp, open, home]) mkdirSync(each, { recursive: true });
      chmodSync(folder, 0o755);
      chmodSync(tmp, 0o1777);
      chmodSync(open, 0o777);
      chownSync(home, victim, victim);
    });
    const attempt = (user: number, directory: string) =>
      runAs(user, command([folder]), directory, join(home, '.cache'));
    const refused = (path: string, why: string) =>
      refusals || `The directory "${path}" cannot be used (FOREIGN). ${why}.`;
    const belongsTo = (owner: number, user = victim) =>
      `It belongs to user ${owner}, and this program runs as user ${user}`;

    it("a directory of one's own, of root for one's group, and below a sticky one is used", async () => {
      const shared = join(home, 'of-root');
      mkdirSync(shared);
      chownSync(shared, 0, victim);
      chmodSync(shared, 0o2775);
      for (const directory of [
        join(home, 'store'),
        join(tmp, 'store'),
        join(tmp, 'further', 'below'),
        shared,
        tmp,
      ])
        expect((await attempt(victim, directory)).stdout).toBe('1\n');
    });

    it.each([0o700, 0o755, 0o777, 0o1777])(
      'a directory of theirs with the rights %o is refused, with the record in it',
      async (mode) => {
        for (const user of [victim, 0]) {
          const directory = join(tmp, `store-${user}`);
          expect((await attempt(mallory, directory)).stdout).toBe('1\n');
          const before = readdirSync(directory, { recursive: true });
          openTo(directory, mode);
          const { stdout } = await attempt(user, directory);
          // Without rights to look, the system refuses it by itself.
          expect(stdout).toContain(
            mode === 0o700 && user === victim
              ? 'cannot be used ('
              : refused(directory, belongsTo(mallory, user)),
          );
          expect(readdirSync(directory, { recursive: true })).toEqual(before);
        }
      },
    );

    it("an account of theirs is refused in a sticky directory, and one's own is used", async () => {
      await attempt(mallory, tmp);
      const [account = ''] = readdirSync(tmp);
      openTo(join(tmp, account), 0o755);
      for (const user of [victim, 0])
        expect((await attempt(user, tmp)).stdout).toContain(
          refused(join(tmp, account), belongsTo(mallory, user)),
        );
      expect(record(join(tmp, account))).toContain('"value":"1"');
    });

    it("a record of theirs is refused in an account of one's own", async () => {
      const directory = join(home, 'store');
      await attempt(victim, directory);
      const [account = ''] = readdirSync(directory);
      const name =
        readdirSync(join(directory, account)).find((each) => each.startsWith('record-')) ?? '';
      chownSync(join(directory, account, name), mallory, mallory);
      chmodSync(join(directory, account, name), 0o644);
      expect((await attempt(victim, directory)).stdout).toContain(
        refused(join(directory, account, name), belongsTo(mallory)),
      );
    });

    it.each(['', 'below', 'further/below'])(
      'a link of theirs is not followed, be it the directory or above it: "%s"',
      async (below) => {
        for (const user of [victim, 0]) {
          const letters = lettersOf(user);
          const link = join(tmp, `store-${user}`);
          symlinkSync(letters, link);
          lchownSync(link, mallory, mallory);
          expect((await attempt(user, join(link, below))).stdout).toContain(
            refused(link, belongsTo(mallory, user)),
          );
          expectUntouched(letters);
        }
      },
    );

    it("a link of one's own leads into no trap that they laid on the way", async () => {
      const letters = lettersOf(victim);
      symlinkSync(letters, join(tmp, 'theirs'));
      lchownSync(join(tmp, 'theirs'), mallory, mallory);
      symlinkSync(join(tmp, 'theirs'), join(home, 'link'));
      expect((await attempt(victim, join(home, 'link'))).stdout).toContain(
        refused(join(tmp, 'theirs'), belongsTo(mallory)),
      );
      expectUntouched(letters);
    });

    it('what they prepared where folders in the making are, or once were, leads nowhere', async () => {
      const letters = lettersOf(victim);
      const id = 'a'.repeat(32);
      for (const name of ['new', `act-on-token-new-${id}`, `act-on-token-new-${id}-`]) {
        symlinkSync(letters, join(tmp, name));
        lchownSync(join(tmp, name), mallory, mallory);
      }
      const theirs = join(tmp, `act-on-token-new-${'b'.repeat(32)}`);
      mkdirSync(theirs);
      writeFileSync(join(theirs, 'head-none'), '');
      chownSync(theirs, mallory, mallory);
      utimesSync(theirs, 0, 0);
      for (const user of [victim, 0]) await attempt(user, tmp);
      expectUntouched(letters);
      expect(readdirSync(theirs)).toEqual(['head-none']);
    });

    it('a directory in which all may move things away is refused, and so is one below', async () => {
      for (const directory of [open, join(open, 'store'), join(open, 'further', 'below')])
        expect((await attempt(victim, directory)).stdout).toContain(
          refused(open, 'Every user of this machine may write to it'),
        );
      expect(readdirSync(open)).toEqual([]);
    });

    it('a directory below one of theirs is refused where all may make things', async () => {
      mkdirSync(join(tmp, 'theirs'));
      for (const mode of [0o755, 0o777, 0o1777]) {
        chmodSync(join(tmp, 'theirs'), mode);
        chownSync(join(tmp, 'theirs'), mallory, mallory);
        for (const user of [victim, 0])
          expect((await attempt(user, join(tmp, 'theirs', 'store'))).stdout).toContain(
            refused(join(tmp, 'theirs'), belongsTo(mallory, user)),
          );
      }
      expect(readdirSync(join(tmp, 'theirs'))).toEqual([]);
    });

    it('lets them see nothing, whatever the umask is', async () => {
      const directory = join(tmp, 'further', 'below');
      expect(
        (await runAs(victim, command([folder]), directory, join(home, '.cache'), '0')).stdout,
      ).toBe('1\n');
      for (const path of ['..', '.', ...readdirSync(directory, { recursive: true })])
        expect(statSync(join(directory, String(path))).mode & 0o077).toBe(0);
      expect((await attempt(mallory, directory)).stdout).toMatch(
        /cannot be used \(FOREIGN|EACCES\)/,
      );
    });

    /** A folder of this user's that is dear to them, and older than a minute. */
    function lettersOf(user: number): string {
      const letters = join(home, `letters-of-${user}`);
      mkdirSync(join(letters, 'new'), { recursive: true });
      writeFileSync(join(letters, 'head-none'), 'dear');
      writeFileSync(join(letters, 'new', 'letter'), 'dear');
      for (const path of ['new/letter', 'new', 'head-none', '']) {
        chownSync(join(letters, path), user, user);
        utimesSync(join(letters, path), 0, 0);
      }
      return letters;
    }

    function expectUntouched(letters: string): void {
      expect(readdirSync(letters, { recursive: true }).map(String).sort()).toEqual([
        'head-none',
        'new',
        'new/letter',
      ]);
      expect(readFileSync(join(letters, 'new', 'letter'), 'utf8')).toBe('dear');
      expect(existsSync(letters)).toBe(true);
    }
  },
);

function record(account: string): string {
  const name = readdirSync(account).find((each) => each.startsWith('record-')) ?? '';
  return readFileSync(join(account, name), 'utf8');
}

/** So that nothing but our own looks keeps others from what is in it. */
function openTo(directory: string, mode: number): void {
  for (const path of readdirSync(directory, { recursive: true }).map((each) =>
    join(directory, String(each)),
  ))
    chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  chmodSync(directory, mode);
}
