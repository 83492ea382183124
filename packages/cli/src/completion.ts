import type { Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * A script that makes a shell complete commands, options and their choices. Everything in it comes
 * from the program's own table.
 */
export function completionScript(shell: Shell, program: Command): string {
  const scripts = { bash, zsh, fish };
  return scripts[shell](program.commands.map(readCommand));
}

interface CommandFacts {
  readonly name: string;
  readonly about: string;
  readonly options: readonly OptionFacts[];
  /** What its argument may be, if that is known. */
  readonly choices: readonly string[];
}

interface OptionFacts {
  readonly long: string;
  readonly short: string | null;
  readonly about: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

function readCommand(command: Command): CommandFacts {
  const options = [
    ...command.options.map(readOption),
    { long: 'help', short: 'h', about: 'print help', takesValue: false, choices: [] },
  ];
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return { name: command.name(), about: command.description(), options, choices };
}

function readOption({ long, short, description, required, argChoices }: Option): OptionFacts {
  return {
    long: String(long).slice('--'.length),
    short: short?.slice('-'.length) ?? null,
    about: description,
    takesValue: required,
    choices: argChoices ?? [],
  };
}

const flagsOf = ({ long, short }: OptionFacts): string[] => [
  `--${long}`,
  ...(short === null ? [] : [`-${short}`]),
];

/**
 * A value that is none of a few words may be a file: bash offers those where it is given nothing.
 */
function bash(commands: readonly CommandFacts[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(
        (option) =>
          `    ${flagsOf(option)
            .map((flag) => `${name}:${flag}`)
            .join(' | ')}) words='${option.choices.join(' ')}' ;;`,
      ),
  );
  const words = commands.map(
    ({ name, options, choices }) =>
      `    ${name}:*) words='${[...choices, ...options.flatMap(flagsOf)].join(' ')}' ;;`,
  );
  return `# bash completion of act-on-token
_act_on_token() {
  local words= current=\${COMP_WORDS[COMP_CWORD]}
  if ((COMP_CWORD == 1)); then
    words='${commands.map(({ name }) => name).join(' ')} help --help --version'
  else
    case "\${COMP_WORDS[1]}:\${COMP_WORDS[COMP_CWORD - 1]}" in
${[...values, ...words].join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _act_on_token act-on-token
`;
}

function zsh(commands: readonly CommandFacts[]): string {
  const names = commands.map(({ name, about }) => `    '${name}:${zshText(about)}'`);
  const cases = commands.map(({ name, options, choices }) => {
    const specs = options.flatMap((option) => flagsOf(option).map((flag) => zshSpec(flag, option)));
    const argument = choices.length > 0 ? [`'1:${name}:(${choices.join(' ')})'`] : [];
    return `    ${name}) _arguments ${[...specs, ...argument].join(' \\\n      ')} ;;`;
  });
  return `#compdef act-on-token
_act_on_token() {
  local -a commands=(
${names.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT -= 1))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _act-on-token ]]; then _act_on_token "$@"; else compdef _act_on_token act-on-token; fi
`;
}

function zshSpec(flag: string, { about, takesValue, choices }: OptionFacts): string {
  const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files';
  return `'${flag}[${zshText(about)}]${takesValue ? value : ''}'`;
}

const zshText = (text: string): string =>
  text.replace(/[\\[\]:]/g, '\\$&').replaceAll("'", "'\\''");

function fish(commands: readonly CommandFacts[]): string {
  const lines = commands.flatMap(({ name, about, options, choices }) => {
    const inCommand = `complete -c act-on-token -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c act-on-token -n __fish_use_subcommand -a ${name} -d '${fishText(about)}'`,
      ...(choices.length > 0 ? [`${inCommand} -a '${choices.join(' ')}'`] : []),
      ...options.map((option) => `${inCommand} ${fishSpec(option)}`),
    ];
  });
  return `# fish completion of act-on-token\ncomplete -c act-on-token -f\n${lines.join('\n')}\n`;
}

function fishSpec({ long, short, about, takesValue, choices }: OptionFacts): string {
  const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : ' -r -F';
  return `-l ${long}${short === null ? '' : ` -s ${short}`}${takesValue ? value : ''} -d '${fishText(about)}'`;
}

const fishText = (text: string): string => text.replace(/['\\]/g, '\\$&');
