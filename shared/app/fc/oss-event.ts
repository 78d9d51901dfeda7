import * as v from 'valibot';
import { parseJson } from '../../platform/input/parse';

const schema = v.looseObject({
  events: v.array(
    v.looseObject({
      /** Without the `oss:` of the trigger's configuration: `ObjectCreated:PutObject`. */
      eventName: v.string(),
      eventTime: v.optional(v.string()),
      region: v.optional(v.string()),
      oss: v.looseObject({
        bucket: v.looseObject({ name: v.string() }),
        object: v.looseObject({ key: v.string() }),
      }),
    }),
  ),
});

/** What an OSS trigger sends; every entry is one object. */
export type OssEvent = v.InferOutput<typeof schema>;

export function readOssEvent(event: Buffer): OssEvent {
  return parseJson(schema, event, 'the OSS event');
}
