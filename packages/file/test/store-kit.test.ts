import { fileStore } from '@act-on-token/file';
import { storeCases } from '@act-on-token/store-kit';
import { describe, it } from 'vitest';
import { freshFolder } from './support/fresh-folder.ts';

const directory = freshFolder();

describe('fileStore passes the store kit: it', () => {
  for (const { name, run } of storeCases) it(name, { timeout: 30_000 }, () => run(() => fileStore({ directory })));
});
