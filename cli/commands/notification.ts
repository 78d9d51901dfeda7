import { Command, Option } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import {
  type ChannelType,
  channelTypes,
  notificationEvents,
  type NotificationManifest,
} from '../../shared/formats/manifests/notification';
import type { CommandLine } from '../command-line';
import { commaSeparated } from '../options/lists';
import type { Listing } from '../output/print';
import { fileWords, readTextFile } from '../text-file';
import { byNameCommand } from './by-name';
import { getManifestsCommand } from './get-manifests';
import { nounCommand } from './noun';

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
  return nounCommand('notification', line, [addCommand, getCommand, testCommand, deleteCommand]);
}

const deeds = () => import('../../shared/app/add-notification');

function getCommand(line: CommandLine): Command {
  return getManifestsCommand(line, {
    listing,
    folder: (state) => state.notifications,
    shown: async (_, notifications) => notifications.map(withoutSeal),
  });
}

function testCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'test',
    description: 'send a message that says it is a test',
    example: 'notification test ops',
    act: async (installation, name) => (await deeds()).testNotification(installation, name),
    done: (name) => `Notification ${name}: a test was sent and taken.`,
  });
}

function deleteCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'delete',
    description: 'tell nobody there any more',
    example: 'notification delete ops',
    act: async (installation, name) => (await deeds()).deleteNotification(installation, name),
    done: (name) => `Notification ${name} deleted.`,
  });
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
      const { addNotification } = await deeds();
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
  const hint = 'write the URL on its first line, the secret on its second';
  const [url = '', secret = ''] = (await readTextFile(file, hint)).split(/\r?\n/).map((each) => each.trim());
  if (url !== '') return secret === '' ? { url } : { url, secret };
  throw new LifeboatError('invalid', `${fileWords(file)} holds no URL`, { hint });
}
