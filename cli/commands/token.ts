import { Command, Option } from 'commander';
import { roles, type Role, type TokenManifest } from '../../shared/manifests/token';
import type { CommandLine } from '../command-line';
import { commaSeparated } from '../options/lists';
import { ageOf, shortDuration } from '../output/age';
import { document } from '../output/document';
import { type ListFlags, showList, withListFlags } from '../output/list-flags';

interface CreateFlags {
  role: Role;
  clusters?: string[];
  validFor: string;
}

/** `lifeboat token`. */
export function tokenCommand(line: CommandLine): Command {
  const command = new Command('token').description('who may call the HTTP API, and what they may do');
  command.addCommand(createCommand(line));
  command.addCommand(getCommand(line));
  command
    .command('delete <name>')
    .description('let nobody in by it any more, from the next call on')
    .addHelpText('after', '\nExample:\n  lifeboat token delete ci')
    .action(async (name: string) => {
      const { deleteToken } = await import('../../shared/installation/secrets/tokens');
      await deleteToken(await line.open(), name);
      line.screen.out(`Token ${name} deleted.`);
    });
  return command;
}

function createCommand(line: CommandLine): Command {
  return new Command('create')
    .argument('<name>')
    .description('make a bearer token; it is shown once and kept nowhere')
    .addOption(
      new Option('--role <role>', 'viewer reads, operator also starts runs, admin also makes and deletes')
        .choices(roles)
        .default('viewer'),
    )
    .option('--clusters <names>', 'only what concerns these clusters; default all', commaSeparated)
    .option('--valid-for <time>', 'how long it is good for, at most 8784h', '720h')
    .addHelpText(
      'after',
      '\nExample, for a pipeline that backs one cluster up:\n  lifeboat token create ci --role operator --clusters production --valid-for 2160h',
    )
    .action(async (name: string, { role, clusters, validFor }: CreateFlags) => {
      const { addToken } = await import('../../shared/installation/secrets/tokens');
      const { manifest, token } = await addToken(await line.open(), { name, role, clusters, validFor });
      line.screen.out(token);
      line.screen.note(
        `Token ${name}: ${role}, good until ${manifest.spec.expiresAt}. It is not shown again.`,
      );
    });
}

function getCommand(line: CommandLine): Command {
  const command = new Command('get')
    .argument('[name]')
    .description('list the tokens, or show one; never the token itself')
    .addHelpText('after', '\nExample:\n  lifeboat token get');
  return withListFlags(command).action(async (name: string | undefined, flags: ListFlags) => {
    const { lastTokenUse } = await import('../../shared/state/token-use');
    const { state } = await line.open();
    const shown = async (token: TokenManifest) =>
      withUse(token, await lastTokenUse(state.store, token.metadata.name));
    if (name !== undefined && flags.output && flags.output !== 'wide' && !flags.watch) {
      line.screen.out(document(await shown(await state.tokens.get(name)), flags.output));
      return;
    }
    await showList(line, listingAt(line.clock.now()), flags, async () => {
      if (name !== undefined) return { items: [await shown(await state.tokens.get(name))] };
      const { items, unreadable } = await state.tokens.list();
      return { items: await Promise.all(items.map(shown)), unreadable };
    });
  });
}

/** A token as it is shown: its hash is of no use to a reader. */
type ShownToken = Omit<TokenManifest, 'spec'> & {
  spec: Omit<TokenManifest['spec'], 'sha256'>;
  status: { lastUsed?: string };
};

function withUse({ spec, ...rest }: TokenManifest, used: Date | undefined): ShownToken {
  const { sha256: _, ...shown } = spec;
  return { ...rest, spec: shown, status: used ? { lastUsed: used.toISOString() } : {} };
}

function listingAt(now: Date) {
  return {
    what: 'tokens',
    headings: ['name', 'role', 'clusters', 'expires in', 'last used'],
    row: ({ metadata, spec, status }: ShownToken) => {
      const left = Date.parse(spec.expiresAt) - now.getTime();
      return [
        metadata.name,
        spec.role,
        spec.clusters?.join(',') ?? 'all',
        left > 0 ? shortDuration(left) : 'expired',
        status.lastUsed === undefined ? 'never' : `${ageOf(status.lastUsed, now)} ago`,
      ];
    },
  };
}
