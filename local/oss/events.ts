/** Which events a subscriber wants: names of FC's trigger configuration, with or without `oss:`, `*` as the last part. */
export interface EventFilter {
  bucket: string;
  events: readonly string[];
  prefix: string;
  suffix: string;
}

export interface ObjectEvent {
  /** `ObjectCreated:PutObject`. */
  name: string;
  bucket: string;
  key: string;
  size: number;
  /** Without quotes. */
  etag: string;
  /** Growth of the object. */
  deltaSize: number;
}

export interface EventOrigin {
  region: string;
  requestId: string;
  sourceIp: string;
  accessKeyId: string;
  at: Date;
}

/** The account that owns everything on this server. */
export const ownerId = '1000000000000001';

interface Subscription {
  filter: EventFilter;
  ruleId: string;
  deliver: (event: Buffer) => void;
}

/** Hands object events to subscribers in the JSON of FC's OSS trigger, one delivery per API call and subscriber. */
export class Events {
  #subscriptions: Subscription[] = [];
  #rules = 0;

  /** Returns what ends the subscription. */
  subscribe(filter: EventFilter, deliver: (event: Buffer) => void): () => void {
    this.#rules += 1;
    const subscription = { filter, ruleId: `rule-${this.#rules}`, deliver };
    this.#subscriptions.push(subscription);
    return () => {
      this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription);
    };
  }

  /** Delivery is asynchronous, as in the cloud: the call that caused the events does not wait for it. */
  publish(events: readonly ObjectEvent[], origin: EventOrigin): void {
    for (const { filter, ruleId, deliver } of this.#subscriptions) {
      const wanted = events.filter((event) => matches(filter, event));
      if (wanted.length === 0) continue;
      const message = Buffer.from(
        JSON.stringify({ events: wanted.map((event) => envelope(event, origin, ruleId)) }),
      );
      setImmediate(() => deliver(message));
    }
  }
}

function matches(filter: EventFilter, event: ObjectEvent): boolean {
  return (
    filter.bucket === event.bucket &&
    event.key.startsWith(filter.prefix) &&
    event.key.endsWith(filter.suffix) &&
    filter.events.some((wanted) => {
      const name = wanted.replace(/^oss:/, '');
      return name.endsWith('*') ? event.name.startsWith(name.slice(0, -1)) : name === event.name;
    })
  );
}

function envelope(event: ObjectEvent, origin: EventOrigin, ruleId: string) {
  return {
    eventName: event.name,
    eventSource: 'acs:oss',
    eventTime: origin.at.toISOString(),
    eventVersion: '1.0',
    oss: {
      bucket: {
        arn: `acs:oss:${origin.region}:${ownerId}:${event.bucket}`,
        name: event.bucket,
        ownerIdentity: ownerId,
        virtualBucket: '',
      },
      object: { deltaSize: event.deltaSize, eTag: event.etag, key: event.key, size: event.size },
      ossSchemaVersion: '1.0',
      ruleId,
    },
    region: origin.region,
    requestParameters: { sourceIPAddress: origin.sourceIp },
    responseElements: { requestId: origin.requestId },
    userIdentity: { principalId: origin.accessKeyId },
  };
}
