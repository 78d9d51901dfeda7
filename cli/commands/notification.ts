import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { LifeboatError } from '../../shared/errors';
import {
  type ChannelType,
  channelTypes,
  notificationEvents,
  type NotificationManifest,
} from '../../shared/manifests/notification';
import type { CommandLine } from '../command-line';
import { commaSeparated } from '../options/lists';
import type { Listing } from '../output/print';
import { getManifestsCommand } from './get-manifests';

const listing: Listing<NotificationManifest> = {
  what: 'notifications',
  headings: ['name', 'type', 'host', 'events'],
  row: ({ metadata, spec }) => [metadata.name, spec.type, spec.host, spec.events?.join(',') ?? 'all'],
};

interface AddFlags {
  type: ChannelType;
  target: string;
  events?: string[];
}

/** `lifeboat notification`. */
export function notificationCommand(line: CommandLine): Command {
  const command = new Command('notification').description('where people are told of what went wrong');
  command.addCommand(addCommand(line));
  command.addCommand(getManifestsCommand(line, listing, (state) => state.notifications, withoutSeal));
  command
    .command('test <name>')
    .description('send a message that says it is a test')
    .action(async (name: string) => {
      const { testNotification } = await import('../../shared/installation/add-notification');
      await testNotification(await line.open(), name);
      line.screen.out(`Notification ${name}: a test was sent and taken.`);
    });
  command
    .command('delete <name>')
    .description('tell nobody there any more')
    .action(async (name: string) => {
      const { deleteNotification } = await import('../../shared/installation/add-notification');
      await deleteNotification(await line.open(), name);
      line.screen.out(`Notification ${name} deleted.`);
    });
  return command;
}

function addCommand(line: CommandLine): Command {
  return new Command('add')
    .argument('<name>')
    .description('seal and store a URL that takes messages')
    .addOption(new Option('--type <type>', 'who takes them').choices(channelTypes).makeOptionMandatory())
    .requiredOption(
      '--target <file>',
      'file with the URL on its first line and the secret, if there is one, on its second; - for standard input',
    )
    .option(
      '--events <events>',
      `only these, of ${notificationEvents.join(', ')}; default all`,
      commaSeparated,
    )
    .addHelpText(
      'after',
      '\nExample, which leaves nothing in the history of the shell:\n  lifeboat notification add ops --type dingtalk --target -',
    )
    .action(async (name: string, { type, target: file, events }: AddFlags) => {
      const { addNotification } = await import('../../shared/installation/add-notification');
      const target = await readTarget(file);
      const { spec } = await addNotification(await line.open(), { name, type, target, events });
      line.screen.out(`Notification ${name} added: ${spec.type} at ${spec.host}.`);
      line.screen.note(`Try it with \`lifeboat notification test ${name}\`.`);
    });
}

/** What is sealed is of no use to a reader, and a screen is no place for it. */
function withoutSeal(manifest: NotificationManifest): NotificationManifest {
  const { sealedTarget, ...spec } = manifest.spec;
  return {
    ...manifest,
    spec: { ...spec, sealingKey: sealedTarget.keyId },
  } as unknown as NotificationManifest;
}

async function readTarget(file: string): Promise<{ url: string; secret?: string }> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(() => undefined);
  const [url = '', secret = ''] = content?.split(/\r?\n/).map((each) => each.trim()) ?? [];
  if (url !== '') return secret === '' ? { url } : { url, secret };
  throw new LifeboatError('invalid', `${file === '-' ? 'standard input' : file} holds no URL`, {
    hint: 'write the URL on its first line, the secret on its second',
  });
}
