import { expect } from '@jest/globals';
import pc from 'picocolors';
import { scheduleCommand } from '../../cli/commands/schedule';
import type { OpenEditor } from '../../cli/editor';
import type { Clock } from '../../shared/platform/clock';
import { anInstallation } from '../shared/app/an-installation';

/** The command line in this process, over an installation in memory at 10:00. */
export async function start() {
  const made = await anInstallation();
  const { installation, clock } = made;
  const lines = { out: '', notes: '', code: 0 };
  const line = {
    screen: {
      out: (text: string) => {
        lines.out += `${text}\n`;
      },
      note: (text: string) => {
        lines.notes += `${text}\n`;
      },
      live: false,
      colors: pc.createColors(false),
    },
    clock: clock as Clock,
    openEditor: undefined as OpenEditor | undefined,
    open: async () => installation,
    exitWith: (code: number) => {
      lines.code = code;
    },
  };
  /** Runs `lifeboat schedule …`, or another command; answers with what it printed. */
  async function run(command: string, make = scheduleCommand): Promise<typeof lines> {
    Object.assign(lines, { out: '', notes: '', code: 0 });
    const words = command.match(/"[^"]*"|\S+/g) ?? [];
    await make(line).parseAsync(['node', 'lifeboat', ...words.map((word) => word.replaceAll('"', ''))]);
    return { ...lines };
  }
  /** Runs a `get --watch` until the changes have been made, one between two looks; answers with the lines that it printed. */
  async function watch(
    command: string,
    make: typeof scheduleCommand,
    changes: (() => Promise<unknown>)[],
  ): Promise<string[]> {
    const left = [...changes];
    line.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async () => {
        const next = left.shift();
        if (!next) throw new Error('Ctrl-C');
        await next();
      },
    };
    try {
      await expect(run(command, make)).rejects.toThrow('Ctrl-C');
    } finally {
      line.clock = clock;
    }
    return lines.out.trimEnd().split('\n');
  }
  const spec = async (name: string) => (await made.state.schedules.get(name)).spec;
  return { ...made, line, run, watch, spec };
}
