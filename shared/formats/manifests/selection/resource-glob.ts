import { type Matcher, orNothing } from './glob';
import { linearGlob } from './linear-glob';

/**
 * The globs of `groupResource` in resource modifiers: github.com/gobwas/glob with `.` between the parts, so that `*` and `?`
 * stay within one part and `**` does not: `*.apps` is `deployments.apps`, `*` is `pods` but not `deployments.apps`.
 */
export function resourceGlob(pattern: string): Matcher {
  return orNothing(() => linearGlob(pattern, '.'));
}
