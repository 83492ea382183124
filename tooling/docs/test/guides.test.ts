import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isRedisThere,
  type RedisServer,
  startRedis,
} from '../../../packages/redis/test/support/redis-server.ts';
import { type Block, isShell, readBlocks } from '../blocks/read-blocks.ts';
import { isGuide, pages } from '../pages.ts';
import { type Ran, runPage } from '../sandbox.ts';

const described = pages
  .map((page) => ({ page, blocks: readBlocks(page) }))
  .filter(({ blocks }) => blocks.some((block) => isShell(block) || block.file !== null));
const needsRedis = ({ blocks }: (typeof described)[number]): boolean =>
  blocks.some(({ code }) => code.includes('6379'));

let emulator: ServedEmulator;
let redis: RedisServer | null = null;
beforeAll(async () => {
  emulator = await serveEmulator({ apiLimits: null });
  redis = isRedisThere ? await startRedis() : null;
});
afterAll(async () => {
  await emulator.close();
  await redis?.stop();
});

describe('who does what a page says, in an empty folder, gets what it says', {
  timeout: 600_000,
}, () => {
  it.each(described.filter((page) => isRedisThere || !needsRedis(page)))(
    '$page',
    async ({ page, blocks }) => {
      // A guide starts its own Act-On; elsewhere one is taken for granted.
      const env = isGuide(page) ? {} : { ...settingsOf(emulator), DOCS_ANYWHERE: '1' };
      const known = redis === null ? {} : { 6379: redis.port };
      const ran: Ran[] = [];
      for (const each of isGuide(page) ? [blocks] : apart(blocks))
        ran.push(...(await runPage(each, env, known)));
      for (const { block, printed, promised } of ran) {
        for (const line of promised?.split('\n') ?? [])
          expect(printed, `${page}:${block.line}`).toContain(line);
      }
    },
  );
});

/** `*\/5 * * * *  command`: five fields, then what cron hands to a shell. */
const crontab = /^(?:[\d*/,-]+ +){5}(.+)$/;

describe('a line of a crontab', { timeout: 600_000 }, () => {
  const jobs = pages.flatMap((page) => {
    const blocks = readBlocks(page);
    return blocks.flatMap((block) =>
      block.code.split('\n').flatMap((line) => {
        const [, command] = crontab.exec(line) ?? [];
        return command === undefined ? [] : [{ page, blocks, block, command }];
      }),
    );
  });

  it('is in the guide to the shell', () => {
    expect(jobs.map(({ page }) => page)).toContain('docs/guides/shell.md');
  });

  it.each(jobs)('works without the variables of a shell: $command', async (job) => {
    const { blocks, block, command } = job;
    const made = /> *(\S+)$/.exec(command)?.[1] ?? '/dev/null';
    const code = [
      'cp act-on.env "$HOME"',
      'unset $(compgen -v ACT_ON_)',
      `/bin/sh -c '${command}'`,
      `cat ${made}`,
    ].join('\n');
    const cron: Block = { ...block, language: 'sh', notes: [], code };
    const ran = await runPage([...blocks.slice(0, blocks.indexOf(block)), cron]);
    expect(ran.at(-1)?.printed).toContain('"totalCount":3');
  });
});

/**
 * Commands of a reference do not follow from each other, as those of a guide do: each of them with
 * the files of its page.
 */
function apart(blocks: readonly Block[]): Block[][] {
  return blocks
    .filter(isShell)
    .map((command) => blocks.filter((block) => block === command || !isShell(block)));
}

function settingsOf({ client, url, user }: ServedEmulator): Record<string, string> {
  return {
    ACT_ON_CLIENT_ID: client.id,
    ACT_ON_CLIENT_SECRET: client.secret,
    ACT_ON_USERNAME: user.username,
    ACT_ON_PASSWORD: user.password,
    ACT_ON_BASE_URL: url,
  };
}
