import { type Ack, ackEndpoint, alibabaAck } from '../platform/alibaba/ack';
import type { KeySources } from './installation-keys';

/** ACK in each region, asked with the credentials of the function's role or of the person. */
export function installationAck({
  settings,
  credentials,
  clock,
  random,
}: KeySources): (region: string) => Ack {
  return (region) =>
    alibabaAck({ endpoint: settings.csEndpoint ?? ackEndpoint(region), credentials, clock, random });
}
