import * as v from 'valibot';
import { LifeboatError } from '../errors';
import { callOpenApi, type OpenApiAccess } from './call';

/** A cluster of ACK, and how its kubeconfigs are asked for. */
interface AckCluster {
  clusterId: string;
  /** True for the address in the cluster's VPC. */
  private: boolean;
  /** How long a kubeconfig is good: 15 to 4,320. */
  minutes: number;
}

/** A kubeconfig that ends by itself. */
interface TemporaryKubeconfig {
  /** YAML. Secret. */
  kubeconfig: string;
  /** Milliseconds from now until it ends, by the service's own clock. */
  validFor: number;
}

/** Gives kubeconfigs of clusters by their id. */
export interface Ack {
  /** Throws LifeboatError naming the cluster: `denied`, `not-found`, `invalid`, or `unavailable`. */
  kubeconfig(cluster: AckCluster): Promise<TemporaryKubeconfig>;
}

const answer = v.object({
  config: v.pipe(v.string(), v.nonEmpty()),
  expiration: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});

/** Container Service for Kubernetes (API version 2015-12-15): DescribeClusterUserKubeconfig, in ROA style. */
export function alibabaAck(access: OpenApiAccess): Ack {
  return {
    async kubeconfig({ clusterId, private: inVpc, minutes }) {
      const what = `ACK cluster ${clusterId}`;
      const { body, date } = await callOpenApi(access, {
        method: 'GET',
        path: `/k8s/${clusterId}/user_config`,
        action: 'DescribeClusterUserKubeconfig',
        version: '2015-12-15',
        what,
        parameters: { PrivateIpAddress: String(inVpc), TemporaryDurationMinutes: String(minutes) },
      });
      const parsed = v.safeParse(answer, body);
      if (!parsed.success) {
        throw new LifeboatError('unavailable', `${what}: the answer holds no kubeconfig`);
      }
      const { config, expiration } = parsed.output;
      const asked = minutes * 60_000;
      const said = expiration === undefined ? asked : Date.parse(expiration) - date.getTime();
      return { kubeconfig: config, validFor: Math.min(said, asked) };
    },
  };
}

/** The endpoint of ACK in a region. */
export function ackEndpoint(region: string): string {
  return `https://cs.${region}.aliyuncs.com`;
}
