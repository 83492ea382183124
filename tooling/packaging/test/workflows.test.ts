import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { filesUnder } from '../../bootstrap/fingerprint.mjs';
import { root } from '../../bootstrap/paths.mjs';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly Step[];
}

const github = join(root, '.github');
const yamls = filesUnder(github).filter((file) => /\.ya?ml$/.test(file));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> };

describe.each(yamls.map((file) => [file.slice(root.length), file]))('%s', (_name, file) => {
  it('is YAML without a fault', () => {
    const { errors, warnings } = parseDocument(readFileSync(file, 'utf8'), { strict: true });
    expect([...errors, ...warnings]).toEqual([]);
  });
});

const named = yamls.filter((file) => file.includes('/workflows/')).map((file) => [file.slice(github.length + 11), file] as const);

describe.each(named)('the workflow %s', (_name, file) => {
  const workflow: Workflow = parse(readFileSync(file, 'utf8'));
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  it('runs commands that there are', () => {
    const commands = steps.flatMap(({ run = '' }) => run.split('\n'));
    const asked = commands.flatMap((line) => /^npm (?:run (\S+)|(test)\b)/.exec(line)?.slice(1) ?? []).filter((name) => name !== undefined);
    expect(asked.filter((name) => scripts[name] === undefined)).toEqual([]);
    for (const command of commands.filter((line) => line.startsWith('.'))) accessSync(join(root, command), constants.X_OK);
  });

  it('pins each action by its commit', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.filter((name) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(name))).toEqual([]);
  });

  it('waits for jobs that there are, and for none forever', () => {
    const needed = jobs.flatMap(({ needs = [] }) => needs);
    expect(needed.filter((name) => workflow.jobs[name] === undefined)).toEqual([]);
    expect(jobs.filter((job) => job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('may read and nothing else, where a job does not say why it needs more', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });
});

describe('the workflows', () => {
  const [ci, release] = ['ci.yml', 'release.yml'].map((name) => parse(readFileSync(join(github, 'workflows', name), 'utf8')) as Workflow);

  it('do what .ci/run does, as somebody with each Node that is supported', () => {
    const job = Object.values(ci?.jobs ?? {}).find(({ strategy }) => strategy !== undefined);
    expect(job?.strategy?.matrix.node).toEqual([20, 22, 24, 26]);
    expect(job?.steps.map(({ run }) => run)).toContain('.ci/run');
  });

  it('give one job alone the identity that npm trusts, after the tests, and no token to any', () => {
    const trusted = Object.values(release?.jobs ?? {}).filter(({ permissions }) => permissions?.['id-token'] === 'write');
    expect(trusted).toHaveLength(1);
    expect(trusted[0]).toMatchObject({ needs: 'test', permissions: { contents: 'read', 'id-token': 'write' } });
    const text = readFileSync(join(github, 'workflows', 'release.yml'), 'utf8');
    expect(text).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/);
  });
});
