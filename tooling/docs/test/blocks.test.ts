import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  isRedisThere,
  type RedisServer,
  startRedis,
} from '../../../packages/redis/test/support/redis-server.ts';
import { root } from '../../bootstrap/paths.mjs';
import { isModule, isUnrun, type Module, writeModules } from '../blocks/assemble.ts';
import { compile } from '../blocks/compile.ts';
import {
  type Block,
  isProgram,
  isShell,
  noteOf,
  placeOf,
  readBlocks,
} from '../blocks/read-blocks.ts';
import { unrun } from '../blocks/unrun.ts';
import { isGuide, pages } from '../pages.ts';

const blocks = pages.flatMap(readBlocks);
const modules = writeModules('node', blocks);

/**
 * Files of a reader's run as whole programs, in `guides.test.ts`; blocks with JSX in a page, in
 * `page-blocks.test.ts`.
 */
const runsHere = ({ block }: Module): boolean =>
  block.file === null && !['tsx', 'jsx'].includes(block.language);
const needsRedis = ({ text }: Module): boolean => text.includes('6379');

describe('every block of code in the documentation', () => {
  it('is there at all', () => {
    expect(blocks.filter(isProgram).length).toBeGreaterThan(40);
  });

  it('says in which language it is', () => {
    expect(blocks.filter(({ language }) => language === '').map(placeOf)).toEqual([]);
  });

  it('compiles', { timeout: 300_000 }, async () => {
    expect(modules.filter(({ path }) => !existsSync(path))).toEqual([]);
    expect(await compile(modules)).toEqual([]);
  });

  it('runs, quotes a file that does, or is listed with a reason not to', () => {
    const others = blocks.filter(
      (block) =>
        isProgram(block) &&
        !isModule(block) &&
        noteOf(block, 'from') === undefined &&
        !isUnrun(block),
    );
    expect(others.map(placeOf)).toEqual([]);
    const withoutCommands = blocks.filter(
      ({ file, page }) =>
        file !== null && !blocks.some((other) => other.page === page && isShell(other)),
    );
    expect(withoutCommands.map(placeOf)).toEqual([]);
    for (const { page, contains, reason } of unrun) {
      expect(blocks.some((block) => block.page === page && block.code.includes(contains))).toBe(
        true,
      );
      expect(reason).toMatch(/\w{3}/);
    }
  });

  it('is in a file of the reader’s, where it is part of a guide', () => {
    const loose = blocks.filter(
      (block) => isGuide(block.page) && isModule(block) && block.file === null,
    );
    expect(loose.map(placeOf)).toEqual([]);
  });
});

describe('a block that quotes a file', () => {
  it.each(quotes(blocks))('$place says what is in $file', ({ code, file }) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(code);
  });
});

function quotes(all: readonly Block[]): { place: string; code: string; file: string }[] {
  return all.flatMap((block) => {
    const file = noteOf(block, 'from')?.name;
    return file === undefined ? [] : [{ place: placeOf(block), code: block.code, file }];
  });
}

describe('a block runs', () => {
  const { fetch } = globalThis;
  let redis: RedisServer | null = null;
  beforeAll(async () => {
    redis = isRedisThere ? await startRedis() : null;
  });
  afterAll(() => redis?.stop());
  afterEach(() => {
    globalThis.fetch = fetch;
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each(
    modules
      .filter((module) => runsHere(module) && (isRedisThere || !needsRedis(module)))
      .map((module) => ({ place: placeOf(module.block), module })),
  )('$place', async ({ module }) => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation(
      (...parts: unknown[]) => void printed.push(parts.join(' ')),
    );
    vi.stubEnv('SESSION_SECRET', 'a secret of at least thirty-two characters');
    vi.stubEnv('STORE_KEY', randomBytes(32).toString('base64'));
    vi.resetModules();
    if (redis !== null && needsRedis(module))
      writeFileSync(module.path, module.text.replaceAll('6379', `${redis.port}`));
    await import('../stage/stage.ts');
    await import(/* @vite-ignore */ module.path);
    expect(printed).toEqual(expect.arrayContaining(promisedLines(module.block)));
  });
});

/** `console.log(…); // what it prints`. */
function promisedLines({ code }: Block): string[] {
  const promises = [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map(
    ([, text = '']) => text,
  );
  return promises.filter((text) => !text.includes('<'));
}

it('shell blocks are not forgotten: they run in guides.test.ts', () => {
  expect(blocks.filter(isShell).length).toBeGreaterThan(7);
});
