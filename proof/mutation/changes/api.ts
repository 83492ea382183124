import { type Change, changesOf } from './change.ts';

const bodies = changesOf(
  'api',
  'body.ts',
  ['bodies'],
  [
    {
      name: 'Several categories go out as one field, which is one category to Act-On.',
      find: 'for (const each of [field].flat()) body.append(name, textOf(each));',
      replace: 'body.append(name, String(field));',
    },
    {
      name: 'A form goes out as JSON.',
      find: "type: 'application/x-www-form-urlencoded'",
      replace: "type: 'application/json'",
    },
    {
      name: 'A file without a name is called "blob".',
      find: 'body.append(name, field, name)',
      replace: 'body.append(name, field)',
    },
  ],
);

const calls = changesOf(
  'api',
  'api.ts',
  ['answers'],
  [
    {
      name: 'A record called ".." is deleted with its list.',
      find: 'if (/^\\.{0,2}$/.test(value))',
      replace: "if (value === '')",
    },
    {
      name: 'A call that Act-On never answers never ends.',
      find: "controller.abort(new ActOnTokenError('timeout', message));",
      replace: 'void message;',
    },
    {
      name: 'A token that was replaced shows in an error.',
      find: '[before, session.currentAccessToken?.()]',
      replace: '[session.currentAccessToken?.()]',
    },
  ],
);

const answers = changesOf(
  'api',
  'answer.ts',
  ['answers'],
  [
    {
      name: 'A page of HTML under 200 is data.',
      find: 'if (!mayBePage && isPage(text)) throw page();',
      replace: '',
    },
    {
      name: 'An answer that is not documented must be JSON.',
      find: 'if (isUnknown) return text;',
      replace: '',
    },
    {
      name: 'An error reads all of an endless body.',
      find: 'readText(response, longestProblem)',
      replace: 'readText(response, Number.POSITIVE_INFINITY)',
    },
    {
      name: 'A token that is broken up by a character without width shows in an error.',
      find: '/\\p{Cf}|\\p{Cs}/gu',
      replace: '/\\p{Cs}/gu',
    },
  ],
);

const pages = changesOf(
  'api',
  'pages.ts',
  ['pages'],
  [
    {
      name: 'A short page is the end, and the records behind it are missing.',
      find: 'if (items.length === 0 || (total !== null && done >= total)) return;',
      replace: 'if (items.length < size) return;',
    },
    {
      name: 'Another page than was asked for is handed over.',
      find: "if (items.length > 0 && typeof offset === 'number' && offset !== done)",
      replace: 'if (offset === null)',
    },
    {
      name: 'A total of -1 ends the list after its first page.',
      find: "typeof totalCount === 'number' && totalCount >= 0 ? totalCount : null",
      replace: "typeof totalCount === 'number' ? totalCount : null",
    },
    {
      name: 'Contacts that a run had already come again.',
      find: 'all.slice(Math.max(0, from - page * size))',
      replace: 'all',
    },
    {
      name: 'Numbered pages that are always the same never end.',
      find: 'if (text === previous)',
      replace: 'if (text === null)',
    },
  ],
);

const jobs = changesOf(
  'api',
  'job.ts',
  ['job'],
  [
    {
      name: 'An upload that failed has succeeded.',
      find: "return inner === undefined || /^(ok|success)$/i.test(String(inner)) ? 'done' : 'failed';",
      replace: "return 'done';",
    },
    {
      name: 'A job is waited for without an end.',
      find: 'if (waited + pause > patience)',
      replace: 'if (waited + pause > Number.POSITIVE_INFINITY)',
    },
    {
      name: 'A job is asked after every second.',
      find: 'pause = Math.min(pause * 1.5, longestPause)',
      replace: 'pause = firstPause',
    },
  ],
);

const retries = changesOf(
  'api',
  'retry.ts',
  ['pages'],
  [
    {
      name: 'What Act-On refuses is asked for again.',
      find: 'return [429, 502, 503, 504].includes(error.status);',
      replace: 'return true;',
    },
    {
      name: 'A pause that Act-On asks for is not kept.',
      find: 'await sleep(Math.max(pause, asked), signal);',
      replace: 'await sleep(pause, signal);',
    },
  ],
);

/** What users of the API would notice. */
export const api: readonly Change[] = [
  ...bodies,
  ...calls,
  ...answers,
  ...pages,
  ...jobs,
  ...retries,
];
