import * as v from 'valibot';
import { parseJson } from '../../platform/input/parse';

const schema = v.looseObject({
  triggerTime: v.string(),
  triggerName: v.string(),
  /** Always text, also when it holds JSON. */
  payload: v.optional(v.string(), ''),
});

/** What a timer sends: `{"triggerTime":"2023-12-26T07:49:00Z","triggerName":"every-minute","payload":""}`. */
export type TimerEvent = v.InferOutput<typeof schema>;

export function readTimerEvent(event: Buffer): TimerEvent {
  return parseJson(schema, event, 'the timer event');
}
