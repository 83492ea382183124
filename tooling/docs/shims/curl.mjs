// As much of curl as the pages use. Act-On is the emulator.
import { setTimeout } from 'node:timers/promises';

const [headers, init, places, flags] = [new Headers(), {}, [], new Set()];
const args = process.argv
  .slice(2)
  .flatMap((arg) =>
    /^-[a-zA-Z]{2,}$/.test(arg) ? [...arg.slice(1)].map((flag) => `-${flag}`) : [arg],
  );
for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
  if (arg === '-H') headers.append(...args.shift().split(/: ?(.*)/s, 2));
  else if (arg === '-X') init.method = args.shift();
  else if (arg === '-d') Object.assign(init, { method: 'POST', body: args.shift() });
  else if (arg === '--json')
    Object.assign(
      init,
      { method: 'POST', body: args.shift() },
      headers.set('content-type', 'application/json'),
    );
  else if (arg === '--retry') flags.add(arg) && args.shift();
  else if (arg === '--retry-delay') args.shift();
  else if (arg.startsWith('-')) flags.add(arg);
  else places.push(arg);
}
const known = [
  '--retry',
  '-s',
  '-S',
  '-f',
  '-i',
  '--fail-with-body',
  '--retry-connrefused',
  '--retry-all-errors',
];
const unknown = [...flags].filter((flag) => !known.includes(flag));
if (unknown.length > 0 || places.length !== 1)
  throw new Error(`curl is not known here with ${unknown}`);

const url = places[0].replace('https://api.actonsoftware.com', process.env.ACT_ON_BASE_URL);
const response = await reach(400);
if (flags.has('-i')) process.stdout.write(`HTTP/1.1 ${response.status}\n\n`);
process.stdout.write(await response.text());
process.exitCode = response.ok || !(flags.has('-f') || flags.has('--fail-with-body')) ? 0 : 22;

/**
 * As `--retry` does, which takes some answers for passing troubles, but for longer: this machine
 * may be busy.
 */
async function reach(attempts) {
  for (let left = attempts; ; left -= 1) {
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' }).catch(
      (error) => error,
    );
    const isPassing =
      answer instanceof Error
        ? flags.has('--retry-connrefused')
        : [408, 429, 500, 502, 503, 504].includes(answer.status);
    if (left === 0 || !isPassing || !flags.has('--retry')) {
      if (answer instanceof Error) throw answer;
      return answer;
    }
    await setTimeout(100);
  }
}
