import pc from 'picocolors';
import { scheduleCommand } from '../../cli/commands/schedule';
import type { OpenEditor } from '../../cli/editor';
import { anInstallation } from '../shared/installation/an-installation';

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
    clock,
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
  const spec = async (name: string) => (await made.state.schedules.get(name)).spec;
  return { ...made, line, run, spec };
}
