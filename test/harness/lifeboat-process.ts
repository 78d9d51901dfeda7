import { spawn } from 'node:child_process';

/** How a process of the command line ended. */
export interface CliEnd {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the built command line as a process, its streams pipes, with PATH and this environment alone. */
export function runLifeboat(
  program: string,
  parameters: readonly string[],
  environment: Record<string, string>,
  { input, cwd }: { input: string; cwd: string },
): Promise<CliEnd> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: cwd, ...environment };
    const child = spawn(process.execPath, [program, ...parameters], { env, cwd });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
    // A command that ends without reading closes the pipe first.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
