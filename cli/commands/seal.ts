import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { table } from '../output/table';
import { nounCommand } from './noun';
import { rotateCommand } from './seal/rotate';
import { signingKeyCommand } from './seal/signing-key';

/** `lifeboat seal`. */
export function sealCommand(line: CommandLine): Command {
  return nounCommand('seal', line, [statusCommand, rotateCommand, signingKeyCommand]);
}

function statusCommand(line: CommandLine): Command {
  return new Command('status')
    .description('which secret is under which key')
    .addHelpText('after', '\nExample:\n  lifeboat seal status')
    .action(async () => {
      const { sealedThings } = await import('../../shared/app/rotation/rotate-keys');
      const installation = await line.open();
      const things = await sealedThings(installation);
      line.screen.note(`New secrets are sealed under ${installation.sealing.current().id}.`);
      if (things.length === 0) line.screen.note('Nothing is sealed yet.');
      else
        line.screen.out(
          table(
            ['secret', 'key', 'current'],
            things.map(({ what, keyId, current }) => [what, keyId, current ? 'yes' : 'no: `seal rotate`']),
          ),
        );
    });
}
