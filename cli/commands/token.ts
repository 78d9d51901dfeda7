import { Command, Option } from 'commander';
import type { Clock } from '../../shared/platform/clock';
import { roles, type Role, tokenId, type TokenManifest } from '../../shared/formats/manifests/token';
import type { CommandLine } from '../command-line';
import { commaSeparated } from '../options/lists';
import { ageOf, shortDuration } from '../output/age';
import type { Listing } from '../output/print';
import { byNameCommand } from './by-name';
import { getManifestsCommand } from './get-manifests';
import { nounCommand } from './noun';

interface CreateFlags {
  role: Role;
  clusters?: string[];
  validFor: string;
}

/** `lifeboat token`. */
export function tokenCommand(line: CommandLine): Command {
  return nounCommand('token', line, [createCommand, getCommand, deleteCommand]);
}

function deleteCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'delete',
    description: 'let nobody in by it any more, from the next call on',
    example: 'token delete ci',
    async act(installation, name) {
      const { deleteToken } = await import('../../shared/app/secrets/tokens');
      await deleteToken(installation, name);
    },
    done: (name) => `Token ${name} deleted.`,
  });
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
      const { addToken } = await import('../../shared/app/secrets/tokens');
      const { manifest, token } = await addToken(await line.open(), { name, role, clusters, validFor });
      line.screen.out(token);
      line.screen.note(
        `Token ${name}: ${role}, good until ${manifest.spec.expiresAt}. It is not shown again.`,
      );
    });
}

function getCommand(line: CommandLine): Command {
  return getManifestsCommand(line, {
    listing: listing(line.clock),
    folder: (state) => state.tokens,
    async shown({ state }, tokens) {
      const { lastTokenUse } = await import('../../shared/formats/state/token-use');
      return Promise.all(
        tokens.map(async (token) => {
          const own = { name: token.metadata.name, id: tokenId(token) };
          return withUse(token, await lastTokenUse(state.store, own));
        }),
      );
    },
    told: 'what it may do, and when it was used; never the token itself',
  });
}

/** A token as it is shown: its hash is of no use to a reader. */
type ShownToken = Omit<TokenManifest, 'spec'> & {
  spec: Omit<TokenManifest['spec'], 'sha256'>;
  /** `id` tells it from earlier tokens of its name in the audit log. */
  status: { id: string; lastUsed?: string };
};

function withUse(token: TokenManifest, used: Date | undefined): ShownToken {
  const { spec, ...rest } = token;
  const { sha256: _, ...shown } = spec;
  const status = { id: tokenId(token), ...(used && { lastUsed: used.toISOString() }) };
  return { ...rest, spec: shown, status };
}

function listing(clock: Clock): Listing<ShownToken> {
  return {
    what: 'tokens',
    headings: ['name', 'role', 'clusters', 'expires in', 'last used'],
    row: ({ metadata, spec, status }) => {
      const now = clock.now();
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
