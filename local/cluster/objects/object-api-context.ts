import type { Clock, Random } from '../../../shared/platform/clock';
import type { KindRules } from '../kinds/kind-rule';
import type { Storage } from './storage';

/** What the verbs on objects work with. */
export interface ObjectApiContext {
  storage: Storage;
  rules: KindRules;
  clock: Clock;
  random: Random;
}
