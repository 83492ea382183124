import { parse } from 'yaml';

type Bump = 'major' | 'minor' | 'patch';

/** One file of .changeset/: which packages change how much, and what that means to their users. */
export interface Change {
  readonly packages: readonly string[];
  readonly bump: Bump;
  readonly text: string;
}

const order: readonly Bump[] = ['major', 'minor', 'patch'];
const headings: Readonly<Record<Bump, string>> = {
  major: 'You have to change something',
  minor: 'New',
  patch: 'Repaired',
};

/** Reads one such file; fails, naming it, if it says nothing that a user could read. */
export function readChange(file: string, content: string): Change {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(content) ?? [];
  const releases = Object.entries((parse(head) ?? {}) as Record<string, Bump>);
  const bump = order.find((each) => releases.some(([, wanted]) => wanted === each));
  const text = body.trim();
  if (bump === undefined || text === '')
    throw new Error(
      `${file} must name a package, major, minor or patch, and what changes for its users.`,
    );
  return { packages: releases.map(([name]) => name.replace(/^@[^/]+\//, '')), bump, text };
}

/**
 * The changelog with one more version on top; the family has one changelog, because it has one
 * version.
 */
export function withVersion(
  changelog: string,
  version: string,
  date: string,
  changes: readonly Change[],
): string {
  const sections = order.flatMap((bump) => {
    const lines = changes.filter((change) => change.bump === bump).map(lineOf);
    return lines.length > 0 ? [`### ${headings[bump]}\n\n${lines.join('\n')}`] : [];
  });
  const at = changelog.search(/^## /m);
  const [intro, older] =
    at === -1 ? [changelog.trimEnd(), ''] : [changelog.slice(0, at).trimEnd(), changelog.slice(at)];
  return `${[intro, `## ${version} (${date})`, ...sections, older.trimEnd()].filter((part) => part !== '').join('\n\n')}\n`;
}

function lineOf({ packages, text }: Change): string {
  return `- **${packages.join(', ')}**: ${text.replaceAll('\n', '\n  ')}`;
}
