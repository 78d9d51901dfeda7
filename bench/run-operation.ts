import { fork } from 'node:child_process';
import { join } from 'node:path';
import { oneMachineFunctions } from '../local/one-machine-functions';
import type { Measured, Operation } from './operation-message';

/** Carries an operation out in a fresh process with the environment of the deployed worker; rejects when it does not complete. */
export async function runOperation(operation: Operation): Promise<Measured> {
  const worker = operation.backup ? 'lifeboat-backup' : 'lifeboat-restore';
  const { functions } = oneMachineFunctions('', {});
  const { environment } = functions.find(({ name }) => name === worker)!;
  const child = fork(join(__dirname, 'operation-process.js'), [], {
    execArgv: process.env.LIFEBOAT_BENCH_NODE_FLAGS?.split(' ') ?? [],
    env: { PATH: process.env.PATH, ...environment },
  });
  const measured = await new Promise<Measured>((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${worker} ended with code ${code}`)));
    child.send(operation);
  });
  const { phase, reason, errors } = measured.result;
  if (phase !== 'Completed')
    throw new Error(`${operation.name}: ${phase}, ${reason ?? `${errors} errors, see its log`}`);
  return measured;
}
