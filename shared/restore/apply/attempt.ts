import type { Detail, Outcome } from '../report/outcome';
import type { Refusal } from './refusal';

/** How one try at one object ended. */
export type Attempt = { outcome: Outcome; reason?: string; detail?: Detail } | { refusal: Refusal };
