/** What the demo shows of a claim: it holds; it does not and README says so; it should and does not. */
export type Mark = 'yes' | 'no' | 'FAILED';

/** A row of the demo's table. */
export interface DemoRow {
  what: string;
  mark: Mark;
  detail: string;
}

/** The row of something that must hold. */
export function mustHold(what: string, holds: boolean, detail: string): DemoRow {
  return { what, mark: holds ? 'yes' : 'FAILED', detail };
}
