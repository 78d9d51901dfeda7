import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/** Runs a program to its end; gives its standard output, rejects with its standard error. */
export async function runProgram(program: string, parameters: string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(out).toString());
      reject(
        new Error(`${basename(program)} ${parameters.join(' ')}: ${Buffer.concat(err).toString().trim()}`),
      );
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
