import pc from 'picocolors';
import { visible } from './visible';

/** Where a command prints: results to `out`, what passes by (progress, hints) to `note`. */
export interface Screen {
  out(text: string): void;
  note(text: string): void;
  /** True when a person looks at stderr: then progress is drawn in place. */
  readonly live: boolean;
  readonly colors: ReturnType<typeof pc.createColors>;
}

/** The terminal, or a pipe: the one place where control characters in what is printed are escaped. Colours only on a terminal and never with NO_COLOR. */
export function terminalScreen(process: NodeJS.Process): Screen {
  const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return {
    out: (text) => void process.stdout.write(`${visible(text, coloured)}\n`),
    note: (text) => void process.stderr.write(`${visible(text, coloured)}\n`),
    live: process.stderr.isTTY === true,
    colors: pc.createColors(coloured),
  };
}
