import { join } from 'node:path';
import { fileStore } from '@act-on-token/file';
import { storeCases } from '@act-on-token/store-kit';
import { describe, it } from 'vitest';
import { freshFolder } from './support/fresh-folder.ts';

// The other kits run in processes of their own, under every runtime; what goes wrong here shows
// where.
describe('fileStore within one process keeps the rules of the store kit: it', () => {
  const root = freshFolder();
  for (const [index, { name, run }] of storeCases.entries()) {
    it(name, () => run(() => fileStore({ directory: join(root, `${index}`) })));
  }
});
