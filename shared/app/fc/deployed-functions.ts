import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { parse } from '../../platform/input/parse';
import { type DispatcherOptions, fcClient } from './dispatcher';

const text = v.optional(v.nullable(v.string()));

/** As GetFunction and ListTriggers of API 2023-03-30 answer; unknown fields are let through. */
const functionSchema = v.looseObject({
  role: text,
  environmentVariables: v.optional(v.nullable(v.record(v.string(), v.string()))),
});
const triggersSchema = v.looseObject({
  triggers: v.array(
    v.looseObject({ triggerName: v.string(), triggerType: v.string(), sourceArn: text, triggerConfig: text }),
  ),
});

/** A function as it is deployed. Its environment holds secrets. */
export interface DeployedFunction {
  /** ARN. */
  role?: string;
  environment: Readonly<Record<string, string>>;
  triggers: { name: string; type: string; sourceArn?: string; config: unknown }[];
}

/** Looks at a function that is deployed; undefined when there is none of the name. */
export type FindDeployed = (name: string) => Promise<DeployedFunction | undefined>;

/** Asks Function Compute, by two calls a function. Throws `denied`, `unavailable`; never quotes an answer. */
export function deployedFunctions(
  options: Pick<DispatcherOptions, 'accountId' | 'region' | 'credentials' | 'internal' | 'endpoint'>,
): FindDeployed {
  return async (name) => {
    const client = await fcClient(options);
    const ask = async (path: string): Promise<unknown> => {
      try {
        return (await client.get(path)).data;
      } catch (error) {
        const status = /failed with (\d{3})\./.exec(error instanceof Error ? error.message : '')?.[1];
        if (status === '404') return undefined;
        const denied = status === '401' || status === '403';
        throw new LifeboatError(
          denied ? 'denied' : 'unavailable',
          `function ${name} could not be looked at: ${status ?? 'no answer'}`,
          { hint: denied ? 'allow fc:GetFunction and fc:ListTriggers on it' : 'try again later' },
        );
      }
    };
    const found = await ask(`/functions/${name}`);
    if (found === undefined) return undefined;
    const { role, environmentVariables } = parse(functionSchema, found, `function ${name}`);
    const listed = parse(
      triggersSchema,
      (await ask(`/functions/${name}/triggers`)) ?? { triggers: [] },
      name,
    );
    return {
      ...(role && { role }),
      environment: environmentVariables ?? {},
      triggers: listed.triggers.map(({ triggerName, triggerType, sourceArn, triggerConfig }) => ({
        name: triggerName,
        type: triggerType,
        ...(sourceArn && { sourceArn }),
        config: jsonOf(triggerConfig),
      })),
    };
  };
}

function jsonOf(config: string | null | undefined): unknown {
  try {
    return JSON.parse(config ?? '');
  } catch {
    return undefined;
  }
}
