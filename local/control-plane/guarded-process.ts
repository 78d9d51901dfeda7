import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';

/**
 * Kills the program when its own standard input closes, so that a test process that is killed leaves nothing running:
 * an exit handler would not run then, and jest gives its tests no real one.
 */
const guard = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ read -r _ <&3; kill -9 $program; } 2>/dev/null &
watcher=$!
wait $program
code=$?
kill $watcher 2>/dev/null
exit $code
`;

/** A program of a test cluster. It writes to `logFile`. */
export class GuardedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** Set when the program has ended. */
  ended = false;

  constructor(
    readonly name: string,
    program: string,
    parameters: string[],
    readonly logFile: string,
  ) {
    const log = openSync(logFile, 'a');
    this.#child = spawn('/bin/sh', ['-c', guard, 'guard', program, ...parameters], {
      stdio: ['pipe', log, log],
      // Go collects garbage whenever the heap has doubled, which is about a fifth of what a control plane's start costs.
      env: { ...process.env, GOGC: '400' },
    });
    this.#child.stdin?.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.ended = true;
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.once('error', end);
    });
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}
