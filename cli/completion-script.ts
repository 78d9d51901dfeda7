import type { Command } from 'commander';

/** What may follow a command: commands below it and options, each with a line that says what it is. */
interface Place {
  /** `schedule get`; empty for the program itself. */
  path: string;
  words: { word: string; says: string }[];
}

/** The script by which a shell completes the commands and options of a program. */
export function completionScript(program: Command, shell: 'bash' | 'zsh' | 'fish'): string {
  const places = placesOf(program, '');
  if (shell === 'fish') return fish(places);
  return shell === 'bash' ? bash(places) : zsh(places);
}

function placesOf(command: Command, path: string): Place[] {
  const commands = command.commands.map((below) => ({ word: below.name(), says: below.description() }));
  const options = [...command.options.filter(({ hidden }) => !hidden)].map(
    ({ long, short, description }) => ({
      word: long ?? short ?? '',
      says: description,
    }),
  );
  const help = { word: '--help', says: 'what it does' };
  const below = command.commands.flatMap((each) => placesOf(each, `${path} ${each.name()}`.trim()));
  return [{ path, words: [...commands, ...options, help] }, ...below];
}

/** Walks the words that are there to the place they have come to: an option, or its value, leads nowhere. */
function bash(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => `"${path}"`);
  const cases = places.map(
    ({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(' ')}" ;;`,
  );
  return `# bash completion of lifeboat
_lifeboat() {
  local current=\${COMP_WORDS[COMP_CWORD]} place="" words="" word next
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${place:+$place }$word"
    case "$next" in
      ${paths.join('|')}) place=$next ;;
    esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _lifeboat lifeboat`;
}

function zsh(places: readonly Place[]): string {
  return `#compdef lifeboat
autoload -U +X bashcompinit && bashcompinit
${bash(places)}`;
}

function fish(places: readonly Place[]): string {
  const known = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const lines = places.flatMap(({ path, words }) =>
    words.map(({ word, says }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c lifeboat -n '__lifeboat_at "${path}"' ${what} -d '${says.replaceAll(/['\\]/g, '\\$&')}'`;
    }),
  );
  return `# fish completion of lifeboat
function __lifeboat_at
  set -l place ''
  for word in (commandline -opc)[2..]
    set -l next (string trim "$place $word")
    if contains -- $next ${known.join(' ')}
      set place $next
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}`;
}
