import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../src/completion.ts';
import { createProgram } from '../src/program.ts';

const program = createProgram({
  env: {},
  signal: new AbortController().signal,
  end: async () => {},
});
const names = program.commands.map((command) => command.name());

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const ask = `COMP_WORDS=(act-on-token "$@"); COMP_CWORD=$#; _act_on_token; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync(
    'bash',
    ['-c', `${completionScript('bash', program)}\n${ask}`, 'bash', ...words],
    { encoding: 'utf8' },
  );
  return output.split('\n').filter((line) => line !== '');
}

describe('the completion for bash', () => {
  it('offers the commands, and those that begin so', () => {
    expect(offered('')).toEqual([...names, 'help', '--help', '--version']);
    expect(offered('lo')).toEqual(['login', 'logout']);
  });

  it.each(names)('offers every option of %s', (name) => {
    const command = program.commands.find((each) => each.name() === name);
    const flags =
      command?.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag != null)) ??
      [];
    expect(offered(name, '-')).toEqual(expect.arrayContaining([...flags, '--help', '-h']));
  });

  it('offers what an option may be, and no options where a value is to stand', () => {
    expect(offered('login', '--grant', '')).toEqual(['code', 'password']);
    expect(offered('status', '--json', '--region', 'e')).toEqual(['eu']);
    expect(offered('completion', 'f')).toEqual(['fish']);
    expect(offered('token', '--store', '')).toEqual([]);
  });
});

describe.each(['zsh', 'fish'] as const)('the completion for %s', (shell) => {
  const script = completionScript(shell, program);

  it('has every command and every option', () => {
    for (const command of program.commands) {
      expect(script).toContain(command.name());
      for (const { long } of command.options)
        expect(script).toContain(shell === 'zsh' ? `'${long}[` : `-l ${long?.slice(2)} `);
    }
  });

  it('closes every quotation', () => {
    const text = script.replaceAll("'\\''", '').replace(/\\['\\]/g, '');
    expect(text.split("'").length % 2).toBe(1);
  });
});
