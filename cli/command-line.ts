import type { Clock } from '../shared/platform/clock';
import type { Installation } from '../shared/app/installation';
import type { OpenEditor } from './editor';
import type { Screen } from './output/screen';

/** What every command works with. */
export interface CommandLine {
  screen: Screen;
  clock: Clock;
  /** Opened when a command needs it: `--help` and bad flags never do. */
  open(): Promise<Installation>;
  /** Where a person can edit files. */
  openEditor?: OpenEditor;
  /** Sets the exit code of a command that ends without an error. */
  exitWith(code: number): void;
}
