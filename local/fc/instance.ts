import { type ChildProcess, fork } from 'node:child_process';
import type { HostedFunction, HostPlace } from './hosted-function';
import type { FunctionContext, FunctionError, InvocationAnswer, InvocationMessage } from './process-protocol';

/** What came of one request to one instance. */
export type Outcome = { body: Buffer; error?: undefined } | { error: FunctionError; body?: undefined };

/** A process that holds one loaded function and works on one request at a time, as an instance of FC does. */
export class Instance {
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  /** True once the process is gone or is to be. */
  dead = false;

  constructor(hosted: HostedFunction, place: HostPlace, entry: string, log: (line: string) => void) {
    this.#child = fork(entry, [hosted.bundle, hosted.exportName ?? 'handler'], {
      env: environmentOf(hosted, place),
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) byLine(stream, log);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.dead = true;
        resolve(signal ? `was ended by ${signal}` : `exited with code ${code}`);
      });
      this.#child.once('error', (error) => {
        this.dead = true;
        resolve(error.message);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Never rejects. An instance that takes longer than `timeout` ms is killed. */
  async invoke(event: Buffer, context: FunctionContext, timeout: number): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        this.kill();
        resolve(functionError('Invocation timed out', `FunctionTimeout after ${timeout / 1_000} s`));
      }, timeout);
    });
    const gone = this.#exited.then((how) => functionError('UnexpectedExit', `the process ${how}`));
    try {
      return await Promise.race([this.#answerTo({ event, context }), gone, late]);
    } finally {
      clearTimeout(timer);
      this.#child.removeAllListeners('message');
    }
  }

  #answerTo(message: InvocationMessage): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#child.once('message', (answer: InvocationAnswer) => {
        resolve(answer.error ? { error: answer.error } : { body: Buffer.from(answer.body) });
      });
      // A process that died meanwhile is told by its exit.
      this.#child.send(message, () => {});
    });
  }

  kill(): void {
    this.dead = true;
    this.#child.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.kill();
    await this.#exited;
  }
}

function functionError(errorType: string, errorMessage: string): Outcome {
  return { error: { errorType, errorMessage } };
}

/** Nothing of the host's own environment reaches a function, but for where programs and temporary files are. */
function environmentOf(hosted: HostedFunction, { accountId, region }: HostPlace): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env;
  return {
    PATH,
    ...(TMPDIR && { TMPDIR }),
    FC_FUNCTION_NAME: hosted.name,
    FC_REGION: region,
    FC_ACCOUNT_ID: accountId,
    ...hosted.environment,
  };
}

function byLine(stream: NodeJS.ReadableStream, log: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) log(line);
  });
  stream.on('end', () => {
    if (rest) log(rest);
  });
}
