import type { Detail, Outcome } from '../../report/outcome';
import type { Refusal } from './refusal';

/** How one try at one object ended. */
export type Attempt =
  | {
      outcome: Outcome;
      reason?: string;
      detail?: Detail;
      /** The object was changed, though it is not what the backup has. */
      changed?: true;
      /** What the cluster had stays beside what was added. */
      adds?: true;
    }
  | {
      refusal: Refusal;
      /** What a plan shows of it, should it stay refused. */
      detail?: Detail;
    };
