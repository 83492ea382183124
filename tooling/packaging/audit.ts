// npm run audit: asks the registry for known faults of everything in the lock file. What users
// install may have none; of what only builds and tests this repository, those that are high or
// critical count.
import { pnpm } from '../bootstrap/ensure-pnpm.mjs';
import { runAloud } from '../bootstrap/processes.mjs';

const { file, args, options } = await pnpm();
const levels = [
  ['--prod', '--audit-level', 'low'],
  ['--audit-level', 'high'],
];
const codes: number[] = [];
for (const level of levels) codes.push(await runAloud(file, [...args, 'audit', ...level], options));
process.exitCode = Math.max(...codes);
