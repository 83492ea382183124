import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { filesUnder } from '../../bootstrap/fingerprint.mjs';
import { root } from '../../bootstrap/paths.mjs';
import { orderList } from '../release-way.ts';
import type { Tarball } from '../tarball.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly env?: unknown;
  readonly needs?: string | readonly string[];
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly strategy?: {
    readonly matrix: { readonly node?: readonly number[]; readonly os?: readonly string[] };
  };
  readonly steps: readonly Step[];
}

const github = join(root, '.github');
const yamls = filesUnder(github).filter((file) => /\.ya?ml$/.test(file));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

describe.each(yamls.map((file) => [file.slice(root.length), file]))('%s', (_name, file) => {
  it('is YAML without a fault', () => {
    const { errors, warnings } = parseDocument(readFileSync(file, 'utf8'), { strict: true });
    expect([...errors, ...warnings]).toEqual([]);
  });
});

const named = yamls
  .filter((file) => file.includes('/workflows/'))
  .map((file) => [file.slice(github.length + 11), file] as const);

describe.each(named)('the workflow %s', (_name, file) => {
  const workflow: Workflow = parse(readFileSync(file, 'utf8'));
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  it('runs commands that there are', () => {
    const commands = steps.flatMap(({ run = '' }) => run.split('\n'));
    const asked = commands
      .flatMap((line) => /^npm (?:run (\S+)|(test)\b)/.exec(line)?.slice(1) ?? [])
      .filter((name) => name !== undefined);
    expect(asked.filter((name) => scripts[name] === undefined)).toEqual([]);
    for (const command of commands.filter((line) => line.startsWith('.')))
      accessSync(join(root, command), constants.X_OK);
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
  const [ci, release] = ['ci.yml', 'release.yml'].map(
    (name) => parse(readFileSync(join(github, 'workflows', name), 'utf8')) as Workflow,
  );

  it('do what .ci/run does, with each Node that may start the commands', () => {
    const job = Object.values(ci?.jobs ?? {}).find(({ strategy }) => strategy !== undefined);
    expect(job?.strategy?.matrix.node).toEqual([20, 22, 24, 26]);
    expect(job?.steps.map(({ run }) => run)).toContain('.ci/run');
  });

  it('run what depends on the platform on Windows and macOS', () => {
    const { platforms } = ci?.jobs ?? {};
    expect(platforms?.strategy?.matrix).toEqual({ os: ['windows-latest', 'macos-latest'] });
    expect(platforms?.steps.at(-1)?.run).toBe(
      'npm test -- packages/core packages/file packages/cli',
    );
  });

  const every = named.map(([, file]) => parse(readFileSync(file, 'utf8')) as Workflow);
  const jobs = every.flatMap((workflow) => Object.values(workflow.jobs));
  const commandsOf = (job: Job | undefined) =>
    job?.steps.flatMap(({ run = '' }) => run.split('\n')).map((line) => line.trim()) ?? [];
  const actionsOf = (job: Job | undefined) =>
    job?.steps.flatMap(({ uses }) => uses?.split('@')[0] ?? []) ?? [];
  const trusted = jobs.filter(({ permissions }) => permissions?.['id-token'] === 'write');
  const publish = release?.jobs.publish;

  it('give one job alone the identity that npm trusts, after the tests, on main, and no token to any', () => {
    expect(trusted).toEqual([publish]);
    expect(publish).toMatchObject({
      needs: 'test',
      environment: 'npm',
      permissions: { contents: 'read', 'id-token': 'write' },
    });
    for (const job of Object.values(release?.jobs ?? {}))
      expect(job.if).toBe("github.ref == 'refs/heads/main'");
    for (const [, file] of named)
      expect(readFileSync(file, 'utf8')).not.toMatch(
        /secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN|pull_request_target/,
      );
  });

  it('install and build nothing where that identity is, check nothing out and run nothing but npm on finished tarballs', () => {
    expect(actionsOf(publish)).toEqual(['actions/setup-node', 'actions/download-artifact']);
    expect(publish).not.toHaveProperty('container');
    expect(publish).not.toHaveProperty('env');
    const [node] = publish?.steps ?? [];
    expect(node?.with).toEqual({ 'node-version': 24, 'package-manager-cache': false });
    const programs = commandsOf(publish).flatMap(
      (line) =>
        line.match(/\b(?:npm|npx|pnpm|yarn|node|corepack|curl|wget|git|bash|sh|make)\b[^;)|]*/g) ??
        [],
    );
    expect(programs.map((line) => line.split(' ', 2).join(' '))).toEqual([
      'npm view',
      'npm publish',
    ]);
    expect(programs.at(-1)).toMatch(
      /^npm publish "\.\/tarballs\/\$file" .*--provenance --ignore-scripts$/,
    );
  });

  it('publish what was tested: packed once, in the job of the tests, after them', () => {
    const test = release?.jobs.test;
    expect(commandsOf(test).filter((line) => /^(\.ci|npm)/.test(line))).toEqual([
      '.ci/run',
      'npm run release -- --pack tarballs',
    ]);
    expect(actionsOf(test).at(-1)).toBe('actions/upload-artifact');
    const [up, down] = [test, publish].map(
      (job) => job?.steps.find(({ uses }) => /load-artifact/.test(uses ?? ''))?.with?.name,
    );
    expect([up, down]).toEqual(['tarballs', 'tarballs']);
    expect(jobs.flatMap(commandsOf).filter((line) => /\bpack\b/.test(line))).toHaveLength(1);
  });

  it('leave no credentials where code of others runs', () => {
    const checkouts = jobs
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(3);
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
  });

  it('let four dependencies run install scripts, and pin all with hashes', () => {
    const { allowBuilds } = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as {
      allowBuilds: Record<string, boolean>;
    };
    expect(Object.keys(allowBuilds).filter((name) => allowBuilds[name])).toEqual([
      'bun',
      'deno',
      'esbuild',
      'node',
    ]);
    const { packages } = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) as {
      packages: Record<string, { resolution: object }>;
    };
    expect(
      Object.keys(packages).filter((name) => !('integrity' in (packages[name]?.resolution ?? {}))),
    ).toEqual([]);
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      packageManager: string;
    };
    expect(packageManager).toMatch(/^pnpm@[\d.]+\+sha512\./);
  });

  it('hand each tarball to npm after those that it depends on, but none that npm has', () => {
    const folder = mkdtempSync(join(tmpdir(), 'act-on-token-release-'));
    const at = (name: string) => join(folder, name);
    mkdirSync(at('tarballs'));
    const tarball = (name: string): Tarball => {
      const manifest = { name, version: '1.2.3' };
      return {
        path: `/elsewhere/${name.replace('/', '-')}.tgz`,
        bytes: Buffer.alloc(0),
        files: new Map(),
        manifest,
      };
    };
    writeFileSync(
      at('tarballs/order.txt'),
      orderList(['@a/core', '@a/there', '@a/cli'].map(tarball)),
    );
    const npm =
      '#!/bin/sh\necho "$@" >> calls\ncase "$2" in *there*) echo 1.2.3;; *) [ "$1" = publish ];; esac\n';
    writeFileSync(at('npm'), npm, { mode: 0o755 });
    const script = publish?.steps.at(-1)?.run ?? '';
    execFileSync('bash', ['--noprofile', '--norc', '-e', '-c', script], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    const published = readFileSync(at('calls'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('publish'));
    rmSync(folder, { recursive: true });
    expect(published.map((line) => line.split(' ')[1])).toEqual([
      './tarballs/@a-core.tgz',
      './tarballs/@a-cli.tgz',
    ]);
  });
});
