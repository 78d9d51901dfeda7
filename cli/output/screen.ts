import pc from 'picocolors';

/** Where a command prints: results to `out`, what passes by (progress, hints) to `note`. */
export interface Screen {
  out(text: string): void;
  note(text: string): void;
  /** True when a person looks at stderr: then progress is drawn in place. */
  readonly live: boolean;
  readonly colors: ReturnType<typeof pc.createColors>;
}

/** The terminal, or a pipe. Colours only on a terminal and never with NO_COLOR. */
export function terminalScreen(process: NodeJS.Process): Screen {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    live: process.stderr.isTTY === true,
    colors: pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR),
  };
}
