// npm run version: turns what lies in .changeset/ into the next version of the family and a part of
// CHANGELOG.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap/paths.mjs';
import { runAloud } from '../bootstrap/processes.mjs';
import { workspacePackages } from '../build/workspace-packages.ts';
import { readChange, withVersion } from './changelog.ts';
import { familyVersion } from './family-version.ts';

const folder = join(root, '.changeset');
const changeset = join(
  root,
  'tooling',
  'packaging',
  'node_modules',
  '@changesets',
  'cli',
  'bin.js',
);
const files = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
const changes = files.map((name) =>
  readChange(`.changeset/${name}`, readFileSync(join(folder, name), 'utf8')),
);

if (changes.length === 0) {
  console.error('Nothing to release: .changeset/ holds no change. `npm run changeset` writes one.');
  process.exitCode = 1;
} else {
  process.exitCode = await runAloud(process.execPath, [changeset, 'version'], { cwd: root });
  if (process.exitCode === 0) tell(familyVersion());
}

function tell(version: string): void {
  const changelog = join(root, 'CHANGELOG.md');
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(changelog, withVersion(readFileSync(changelog, 'utf8'), version, today, changes));
  for (const file of workspacePackages().map(({ path }) => join(path, 'jsr.json'))) {
    if (existsSync(file))
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/"version": "[^"]*"/, `"version": "${version}"`),
      );
  }
  console.log(`The family is at ${version} now: look at CHANGELOG.md, and open a pull request.`);
}
