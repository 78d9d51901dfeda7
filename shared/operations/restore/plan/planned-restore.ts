import type { PlannedObject } from './planned-object';

/** The plan that a restore is to keep to. */
export interface PlannedRestore {
  /** Every object as the plan shows it. */
  objects: Iterable<PlannedObject> | AsyncIterable<PlannedObject>;
  /** The key under which the plan hides the values of Secrets. */
  hashKey: Buffer;
  /** Nothing is restored when something has changed since the plan was made. */
  failOnDrift: boolean;
}
