import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * From version 22 on, Node keeps the code that it has compiled, so that the next start need not compile it. In a folder of the
 * person's own, and not in that for temporary files, which is Node's default: what others could write there would be run.
 */
export function keepCompiledCode(environment: NodeJS.ProcessEnv): void {
  const { enableCompileCache } = module as { enableCompileCache?: (directory: string) => unknown };
  const cache = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache');
  enableCompileCache?.(join(cache, 'lifeboat'));
}
