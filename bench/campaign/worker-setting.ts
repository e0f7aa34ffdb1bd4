import * as z from 'zod';

/** What a worker of the benchmark is started with: one argument of JSON. */
const schema = z.object({
  databaseUrl: z.string(),
  temporalAddress: z.string(),
  namespace: z.string(),
  providerUrl: z.string(),
  /** When the benchmark began: all processes have the same campaign then. */
  begunAt: z.number(),
  /** Of the campaign's connection. */
  perSecond: z.number().optional(),
});

export type WorkerSetting = z.infer<typeof schema>;

export function readSetting(): WorkerSetting {
  return schema.parse(JSON.parse(process.argv[2] ?? ''));
}
