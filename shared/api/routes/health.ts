import * as v from 'valibot';
import { healthOf } from '../../app/ticks/health';
import { type Route, route } from '../route';

const content = v.strictObject({
  status: v.picklist(['ok', 'starting', 'silent']),
  installation: v.string(),
  secondsSinceTick: v.optional(v.number()),
});

export const healthRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/health',
    id: 'getHealth',
    tag: 'Health',
    summary: 'Whether the ticks come',
    role: 'viewer',
    answers: {
      200: { description: 'They come, or the first is awaited', content },
      503: {
        description:
          'The last one is more than ten minutes old, or none has ended 15 minutes after the installation was made',
        content,
      },
    },
    async handle({ installation }) {
      const health = await healthOf(installation);
      return { status: health.status === 'silent' ? 503 : 200, body: health };
    },
  }),
];
