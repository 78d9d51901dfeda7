import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LifeboatError } from '../shared/platform/errors';

/** A text that a person works on in a program of their choice. */
export interface EditedFile {
  readonly path: string;
  /** Shows `text` and answers with what the person made of it. Throws `invalid` when the program fails. */
  edit(text: string): Promise<string>;
  remove(): Promise<void>;
}

/** Opens files in `$VISUAL`, else `$EDITOR`, else on a terminal `vi`; undefined where there is no such program and nobody to use it. */
export type OpenEditor = (fileName: string) => Promise<EditedFile | undefined>;

export function editorOf({ env, stdin, stdout }: NodeJS.Process): OpenEditor {
  const terminal = stdin.isTTY && stdout.isTTY ? 'vi' : undefined;
  const program = env.VISUAL || env.EDITOR || terminal;
  return async (fileName) => {
    if (program === undefined) return undefined;
    const path = join(await mkdtemp(join(tmpdir(), 'lifeboat-edit-')), fileName);
    return {
      path,
      async edit(text) {
        await writeFile(path, text);
        await chmod(path, 0o600);
        await runEditor(program, path);
        return readFile(path, 'utf8');
      },
      remove: () => rm(dirname(path), { recursive: true, force: true }),
    };
  };
}

/** The variable may hold arguments too (`code --wait`), so a shell takes it apart. */
function runEditor(program: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `${program} "$1"`, 'sh', path], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new LifeboatError('invalid', `the editor \`${program}\` ended with ${code ?? 'a signal'}`, {
            hint: 'set EDITOR to a program that edits a file',
          }),
        );
    });
  });
}
