import { spawn } from 'node:child_process';
import { delimiter, sep } from 'node:path';
import { root } from './paths.mjs';

/** Runs a program that talks to the user itself; resolves with its exit code. */
export function runAloud(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? code : 1));
  });
}

/** Runs a program in silence; resolves with what it printed. A failure rejects with all of it. */
export function runQuietly(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(
            `${output.trimEnd()}\n"${[file, ...args].join(' ')}" failed with exit code ${code}.`,
          ),
        );
    });
  });
}

/**
 * The environment for package managers: without what `npm run` puts in for its scripts, `--silent`
 * included, which would hide why an install failed. Above all without node_modules/.bin on the
 * PATH: it holds the Node that an install may have to replace.
 */
export function installerEnv() {
  const isScriptVariable =
    /^(npm_(config_((local_|global_)?prefix|user_agent|loglevel)|lifecycle_.*|package_.*|command)|init_cwd)$/i;
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !isScriptVariable.test(name)),
  );
  const isOurs = (folder) => folder.startsWith(`${root}node_modules${sep}`);
  env.PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !isOurs(folder))
    .join(delimiter);
  return env;
}
