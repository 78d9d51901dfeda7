import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { SignedClient } from './signed-client';

/** The server of serve.ts as a process of its own, over one folder, to be killed and started again. */
export class ServedProcess {
  readonly directory = mkdtempSync(join(tmpdir(), 'lifeboat-oss-served-'));
  readonly #bundle = join(this.directory, 'serve.cjs');
  #child: ChildProcess | undefined;

  constructor() {
    const entryPoints = [join(__dirname, 'serve.ts')];
    buildSync({ entryPoints, bundle: true, platform: 'node', outfile: this.#bundle, logLevel: 'error' });
  }

  get data(): string {
    return join(this.directory, 'data');
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Starts it and returns a client for the bucket `foreign`. */
  async start(): Promise<SignedClient> {
    const child = spawn(process.execPath, [this.#bundle, this.data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const port = await new Promise<number>((resolve, reject) => {
      child.stdout!.once('data', (line) => resolve(Number(line)));
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const credentials = { accessKeyId: 'foreign-id', accessKeySecret: 'foreign-secret' };
    return new SignedClient({ server: { port }, credentials, bucket: 'foreign' });
  }

  /** kill -9. Resolves when it is dead. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const dead = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await dead;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
