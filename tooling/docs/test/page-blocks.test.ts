import { afterAll, afterEach, beforeAll, describe, it, vi } from 'vitest';
import { builtinEnvironments } from 'vitest/runtime';
import { writeModules } from '../blocks/assemble.ts';
import { placeOf, readBlocks } from '../blocks/read-blocks.ts';
import { isGuide, pages } from '../pages.ts';

const blocks = pages
  .flatMap(readBlocks)
  .filter(({ page, language }) => !isGuide(page) && ['tsx', 'jsx'].includes(language));
const modules = writeModules('page', blocks);

describe('a block renders', () => {
  // Only now, and not for the whole file: what finds the pages is at home in Node.
  let leave: () => unknown = () => {};
  beforeAll(async () => {
    const { teardown } = await builtinEnvironments['happy-dom'].setup(globalThis, {
      happyDOM: { url: 'http://localhost:3000' },
    });
    leave = () => teardown(globalThis);
  });
  afterAll(() => leave());

  const { fetch } = globalThis;
  afterEach(() => {
    globalThis.fetch = fetch;
    document.body.innerHTML = '';
    vi.restoreAllMocks();
  });

  it.each(modules.map((module) => ({ place: placeOf(module.block), module })))(
    '$place',
    async ({ module }) => {
      vi.resetModules();
      await import('../stage/stage.ts');
      await import(/* @vite-ignore */ module.path);
    },
  );
});
