// `npm run simulate -- --controls`: takes the safeguards out, one after the other, and sees how
// long it takes to be noticed.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type SafeguardName, safeguards } from './safeguards.ts';

export interface Control {
  readonly name: SafeguardName;
  /** Real seconds until a rule was broken; `null`: none was. */
  readonly seconds: number | null;
  /** The seed that broke a rule, and which. */
  readonly found: string;
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const fromSource = fileURLToPath(new URL('../../tooling/from-source.ts', import.meta.url));

/** Each in a process of its own, for so many seconds at most. */
export async function runControls(
  seconds: number,
  tell: (line: string) => void,
): Promise<readonly Control[]> {
  const controls: Control[] = [];
  for (const name of Object.keys(safeguards) as SafeguardName[]) {
    const control = await runControl(name, seconds);
    controls.push(control);
    tell(lineOf(control));
  }
  return controls;
}

function runControl(name: SafeguardName, seconds: number): Promise<Control> {
  const began = process.hrtime.bigint();
  const args = [
    '--import',
    fromSource,
    main,
    '--without',
    name,
    '--seconds',
    `${seconds}`,
    '--seed',
    '1',
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, text, complaints) => {
      const passed = Number(process.hrtime.bigint() - began) / 1e9;
      const [, seed, rule] = /^seed (\d+) broke .*?: (.+)$/m.exec(text) ?? [];
      if (error === null) resolve({ name, seconds: null, found: 'not noticed' });
      else if (seed === undefined) reject(new Error(`${name}: ${text}${complaints}`));
      else resolve({ name, seconds: passed, found: `seed ${seed}: ${rule}` });
    });
  });
}

export function lineOf({ name, seconds, found }: Control): string {
  return `| ${name} | ${safeguards[name].what} | ${seconds === null ? '' : `${seconds.toFixed(0)} s`} | ${found} |`;
}

export function controlTable(controls: readonly Control[]): string {
  const noticed = controls.filter(({ seconds }) => seconds !== null).length;
  const head = [
    '| without | so that no longer | noticed after | by |',
    '| --- | --- | --- | --- |',
  ];
  return [
    `${noticed} of ${controls.length} are noticed.`,
    '',
    ...head,
    ...controls.map(lineOf),
  ].join('\n');
}
