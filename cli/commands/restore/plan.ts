import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { RestorePlan } from '../../../shared/operations/restore/plan/restore-plan';
import type { CommandLine } from '../../command-line';
import { exitCodeOfPhase } from '../../exit-codes';
import { type RestoreFlags, requestOf, withRestoreFlags } from '../../options/restore';
import { yamlDocument } from '../../output/document';
import { type OutputFormat, outputOption } from '../../output/output-format';

interface OwnFlags {
  output?: OutputFormat;
  out?: string;
  details?: boolean;
  local?: boolean;
}

/** A plan, and by what name or file `restore create --plan` finds it. */
interface Planned {
  plan: RestorePlan;
  name?: string;
}

/** `restore plan`. */
export function planRestoreCommand(line: CommandLine): Command {
  const command = new Command('plan')
    .argument('[name]', 'default: <backup>-<time>; without other flags, the plan to show again')
    .description('show what a restore would do to every object, and what would go wrong; changes nothing')
    .addOption(outputOption())
    .option('--out <file>', 'write the plan there, for `restore create --plan`')
    .option('--details', 'name every object, and every change')
    .option('--local', 'make it here, with the key of the kubeconfig, in the place of a function')
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat restore plan --from-backup shop-1\n' +
        '  lifeboat restore plan --from-backup shop-1 --conflicts update --out plan.json\n' +
        '  lifeboat restore create --plan plan.json --fail-on-drift',
    )
    .action(
      async (
        given: string | undefined,
        { output, out, details, local, ...flags }: OwnFlags & RestoreFlags,
      ) => {
        const planned = await (local ? planHere : planByRun)(line, flags, given);
        if (planned) await show(line, planned, { output, out, details });
      },
    );
  return withRestoreFlags(command);
}

/** Asks for the plan, unless one is to be shown again, and waits for it; undefined when there came none, which is said. */
async function planByRun(
  line: CommandLine,
  flags: RestoreFlags,
  given: string | undefined,
): Promise<Planned | undefined> {
  const { wholePlan } = await import('../../../shared/app/runs/made-plan');
  const { findRun } = await import('../../../shared/formats/state/run/runs');
  const { waitForRun } = await import('../../progress/wait-for-run');
  const again = given !== undefined && Object.keys(flags).length === 0;
  const name = again ? given : await askForPlan(line, flags, given);
  const installation = await line.open();
  const result = await waitForRun(
    `plan ${name}`,
    async () => {
      const run = await findRun(installation.state.store, { kind: 'plans', name });
      if (run) return run;
      throw new LifeboatError('not-found', `there is no plan "${name}"`, {
        hint: 'make one with --from-backup',
      });
    },
    line,
  );
  if (result.phase === 'Completed') return { plan: await wholePlan(installation, name), name };
  line.screen.note(`Plan ${name}: ${result.phase}`);
  if (result.reason) line.screen.note(result.reason);
  line.exitWith(exitCodeOfPhase(result.phase));
  return undefined;
}

async function askForPlan(line: CommandLine, flags: RestoreFlags, given?: string): Promise<string> {
  const { requestPlan } = await import('../../../shared/app/runs/request');
  const request = await requestOf(line, flags, given);
  const { assertNewName } = await import('../../../shared/operations/runs/new-name');
  const requested = await requestPlan(await line.open(), { ...request, kind: 'PlanRequest' });
  assertNewName(requested, `\`lifeboat restore plan ${request.metadata.name}\` shows the one that was made`);
  const { name } = request.metadata;
  line.screen.note(`Plan ${name} requested.`);
  return name;
}

async function planHere(line: CommandLine, flags: RestoreFlags, given: string | undefined): Promise<Planned> {
  const { planRestore } = await import('../../../shared/app/runs/plan-restore');
  const { showProgress } = await import('../../progress/wait-for-run');
  const request = await requestOf(line, flags, given);
  const installation = await line.open();
  const shown = showProgress('plan', line, 'opening');
  const plan = await planRestore(installation, request, {
    progress: (progress) => shown.update(progress),
    signal: new AbortController().signal,
  }).finally(() => shown.stop());
  return { plan };
}

async function show(
  { screen }: CommandLine,
  { plan, name }: Planned,
  { output, out, details = false }: Omit<OwnFlags, 'local'>,
): Promise<void> {
  const { planText } = await import('../../../shared/operations/restore/plan/restore-plan');
  if (out !== undefined) await writeFile(out, Readable.from(planText(plan)), { mode: 0o600 });
  if (output === 'json') {
    for (const piece of planText(plan)) process.stdout.write(piece);
    return;
  }
  if (output === 'yaml') {
    screen.out(await yamlDocument({ ...plan.head, objects: plan.objects }));
    return;
  }
  const { planSummary } = await import('../../output/restore-plan');
  screen.out(planSummary(plan, { colors: screen.colors, details }));
  const kept = out ?? name;
  screen.note(
    kept === undefined
      ? 'Nothing was changed. Keep the plan with --out FILE to carry out just this.'
      : `Nothing was changed. Carry it out: lifeboat restore create --plan ${kept}`,
  );
}
