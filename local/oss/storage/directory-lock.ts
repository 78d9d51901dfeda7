import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../../../shared/platform/errors';

/** Who holds a folder: a process, told apart from a later one with its number by the time at which it began. */
interface Holder {
  pid: number;
  /** Absent where the system does not say. */
  began?: string;
}

/**
 * Takes a folder for this process and returns what gives it back: a second server would clear away as leftovers what the
 * first is writing. A lock of a killed process counts for nothing. Throws `conflict`.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'in-use.json');
  const draft = join(directory, `in-use-${randomBytes(8).toString('hex')}`);
  const own: Holder = { pid: process.pid, began: await beginOf(process.pid) };
  await writeFile(draft, JSON.stringify(own));
  try {
    if (!(await linked(draft, path))) {
      const holder = await readHolder(path);
      if (holder && (await lives(holder))) {
        throw new LifeboatError('conflict', `the folder ${directory} is in use by process ${holder.pid}`, {
          hint: 'stop that OSS server, or choose another folder',
        });
      }
      await rm(path, { force: true });
      if (!(await linked(draft, path))) {
        throw new LifeboatError('conflict', `the folder ${directory} is being opened by another process`);
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(path, { force: true });
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function lives({ pid, began }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return began === (await beginOf(pid));
}

/** Linux: ticks since the boot at which the process began. The name before it, in brackets, may hold spaces. */
async function beginOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
