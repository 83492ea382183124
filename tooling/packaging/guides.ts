import { basename } from 'node:path';
import { type Block, isShell, noteOf, readBlocks } from '../docs/blocks/read-blocks.ts';

/** What a reader of a guide does next. */
export type Step =
  | { readonly kind: 'write'; readonly file: string; readonly content: string }
  | { readonly kind: 'type'; readonly commands: string }
  /** What the page says that the commands have printed by now. */
  | { readonly kind: 'see'; readonly lines: readonly string[] }
  /** What no block says and the page only describes: a person signs in in a browser. */
  | { readonly kind: 'act'; readonly commands: string };

/**
 * The blocks of one guide, in order. Fails on a block that a reader would not know what to do with.
 */
export function readGuide(page: string): Step[] {
  const steps = readBlocks(page).flatMap((block) => stepsOf(block));
  if (!steps.some(({ kind }) => kind === 'see'))
    throw new Error(`${page} never says what its commands print.`);
  return steps;
}

function stepsOf(block: Block): Step[] {
  const { code, file } = block;
  if (file !== null) return [{ kind: 'write', file, content: `${code}\n` }];
  if (block.isOutput)
    return [{ kind: 'see', lines: code.split('\n').filter((line) => line.trim() !== '') }];
  if (block.language === 'text') return [];
  if (!isShell(block))
    throw new Error(
      `${block.page}:${block.line}: a block of a guide is a file, commands, or what they print.`,
    );
  const after = noteOf(block, 'after');
  return [
    { kind: 'type', commands: code },
    ...(after === undefined ? [] : [{ kind: 'act' as const, commands: after.code }]),
  ];
}

/** How many commands a reader types; what the loop of one line does counts as one. */
export function countCommands(steps: readonly Step[]): number {
  const typed = steps.flatMap((step) => (step.kind === 'type' ? step.commands.split('\n') : []));
  return typed.filter((line) => line.trim() !== '' && !line.trim().startsWith('#')).length;
}

/** The guides that begin with nothing and end with a session, by the names of their files. */
export const paths: readonly string[] = [
  'node',
  'deno',
  'bun',
  'react-vite',
  'next',
  'express-redis',
  'shell',
];

export const pageOf = (path: string): string => `docs/guides/${basename(path)}.md`;
