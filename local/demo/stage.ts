import pc from 'picocolors';

/** What the demo prints: a line for each step with the time it took, drawn over while it works on a terminal. */
export class Stage {
  readonly #started = performance.now();
  #steps = 0;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly live = stream.isTTY === true,
  ) {}

  /** Carries out one step; `work` may say how far it is, and what it returns is shown as the outcome. */
  async step<T>(
    title: string,
    work: (say: (text: string) => void) => Promise<T>,
    outcome: (value: T) => string,
  ): Promise<T> {
    const begun = performance.now();
    const number = ++this.#steps;
    const say = (text: string) => this.#over(`${pc.dim(`${number}.`)} ${title} … ${pc.dim(text)}`);
    say('');
    const beat = setInterval(() => say(`${Math.round((performance.now() - begun) / 1000)} s`), 1000);
    try {
      const value = await work((text) => {
        clearInterval(beat);
        say(text);
      });
      this.#over('');
      this.line(
        `${pc.green('✓')} ${title}: ${outcome(value)} ${pc.dim(`(${seconds(performance.now() - begun)})`)}`,
      );
      return value;
    } catch (error) {
      this.#over('');
      this.line(`${pc.red('✗')} ${title}`);
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  line(text: string): void {
    this.stream.write(`${text}\n`);
  }

  /** How long all of it took. */
  elapsed(): string {
    return seconds(performance.now() - this.#started);
  }

  #over(text: string): void {
    if (this.live) this.stream.write(`\r\x1b[2K${text}`);
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
