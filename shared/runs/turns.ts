import pLimit, { type LimitFunction } from 'p-limit';

/** Who is at work for one name waits for nobody else; those for the same name take turns. */
export type Turns = Map<string, LimitFunction>;

export function inTurn<T>(turns: Turns, name: string, work: () => Promise<T>): Promise<T> {
  const turn = turns.get(name) ?? pLimit(1);
  turns.set(name, turn);
  return turn(work);
}
