import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { longestPublicUrl } from '../domain/public-url.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { providerUrl } from './provider-url.ts';
import { withSecretFiles } from './secret-files.ts';
import { twilioOf, twilioProblem, twilioVariables, type TwilioSettings } from './twilio-environment.ts';

/** What the environment says, read once and checked as a whole. */
export interface Environment {
  /** The repository's root. */
  readonly checkout: string;
  /** Where the engine's data, the outbox and the secret live. */
  readonly dataFolder: string;
  /** Unset: the PostgreSQL in the box. */
  readonly databaseUrl?: string;
  /** Unset: the Temporal server in the box. Namespace, TLS and API key are read by `@temporalio/envconfig`. */
  readonly temporalAddress?: string;
  /** Ports of the engine in the box, where the usual ones are taken. */
  readonly enginePorts: { readonly temporal?: number; readonly ui?: number; readonly postgres?: number };
  readonly host: string;
  readonly port: number;
  /** For operators only: health and metrics. Unset: there is no such listener. */
  readonly privatePorts: { readonly server?: number; readonly worker?: number };
  /** Where those listen. */
  readonly privateHost: string;
  /** How long a server that stops says that it is not ready, and still serves, in milliseconds. */
  readonly drainMs: number;
  /** Under which the shop's customers reach the unsubscribe page, without a slash at the end. */
  readonly publicUrl: string;
  /** Signs links. Unset: one is made and kept in the data folder. */
  readonly secret?: string;
  /** Secrets of the past: links that they signed stay valid. */
  readonly formerSecrets: readonly string[];
  /** Unset: e-mail goes to the outbox folder. */
  readonly smtpUrl?: string;
  /** Unset: nothing goes over SendGrid. */
  readonly sendgrid?: SendgridSettings;
  /** Unset: nothing goes over Twilio. */
  readonly twilio?: TwilioSettings;
  readonly outboxFolder: string;
  /** True when the folder was named: then text messages go there also beside SMTP. */
  readonly outboxWanted: boolean;
  /** What a worker works on: large shops give campaigns processes of their own. */
  readonly work: 'everything' | 'journeys' | 'campaigns';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

export interface SendgridSettings {
  /** Workers need it; a server that only takes receipts does not. */
  readonly apiKey?: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Verifies receipts: base64 of a P-256 key in SPKI DER. Unset: receipts are refused. */
  readonly webhookKey?: string;
}

const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be a URL such as ${example}` }).optional();

const port = z.coerce.number('must be a port number').int().min(0).max(65_535);

const schema = z.object({
  PERENNIAL_DATA: z.string().min(1).optional(),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user@host/database'),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/:]+:\d{1,5}$/, 'must be host:port, such as temporal.internal:7233')
    .optional(),
  PERENNIAL_TEMPORAL_PORT: port.optional(),
  PERENNIAL_TEMPORAL_UI_PORT: port.optional(),
  PERENNIAL_POSTGRES_PORT: port.optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(8080),
  METRICS_PORT: port.optional(),
  WORKER_PORT: port.optional(),
  PRIVATE_HOST: z.string().min(1).default('127.0.0.1'),
  DRAIN_SECONDS: z.coerce
    .number('must be a number of seconds')
    .min(0)
    .max(20, 'must be at most 20: a stop takes 35 seconds in all')
    .default(0),
  PUBLIC_URL: url(/^https?$/, 'https://mail.shop.example').refine(
    (value) => value === undefined || value.replace(/\/$/, '').length <= longestPublicUrl,
    `must be at most ${longestPublicUrl} characters long: every link in a text message begins with it`,
  ),
  PERENNIAL_SECRET: z.string().min(32, 'must be at least 32 characters long').optional(),
  PERENNIAL_FORMER_SECRETS: z.string().optional(),
  SMTP_URL: url(/^smtps?$/, 'smtps://user:password@host:465'),
  SENDGRID_API_KEY: z
    .string()
    .regex(/^SG\.[\w.-]+$/, 'must be an API key of SendGrid, which begins with SG.')
    .optional(),
  SENDGRID_BASE_URL: providerUrl('https://api.eu.sendgrid.com'),
  SENDGRID_WEBHOOK_KEY: z
    .string()
    .regex(
      // SPKI of a P-256 key always begins so, and is 91 bytes long.
      /^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[\w+/]{86}==$/,
      'must be the verification key that SendGrid shows for the event webhook; it begins with MFkw',
    )
    .optional(),
  ...twilioVariables,
  PERENNIAL_OUTBOX: z.string().min(1).optional(),
  PERENNIAL_WORK: z.enum(['everything', 'journeys', 'campaigns']).default('everything'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** What is right by itself and wrong together. */
const wholeSchema = schema
  .refine(({ SMTP_URL, SENDGRID_API_KEY }) => SMTP_URL === undefined || SENDGRID_API_KEY === undefined, {
    path: ['SMTP_URL'],
    error: 'and SENDGRID_API_KEY both say where e-mail goes; unset one of them',
  })
  .superRefine((data, context) => {
    const found = twilioProblem(data);
    if (found !== undefined) context.addIssue({ code: 'custom', path: [found.path], message: found.problem });
  });

/**
 * The environment, checked.
 *
 * @param variables by default those of the process
 * @throws PerennialError `environment-invalid`, naming every variable that is wrong and what it may be. Values are not
 * shown: some are secrets.
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const present = Object.fromEntries(
    Object.entries(withSecretFiles(variables)).filter(([, value]) => value !== ''),
  );
  const { data, error } = wholeSchema.safeParse(present);
  if (error) {
    const problems = error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new PerennialError('environment-invalid', `The environment is not right: ${problems.join('; ')}.`);
  }
  const checkout = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
  const dataFolder = data.PERENNIAL_DATA ?? `${checkout}/.perennial`;
  return {
    checkout,
    dataFolder,
    ...given('databaseUrl', data.DATABASE_URL),
    ...given('temporalAddress', data.TEMPORAL_ADDRESS),
    enginePorts: {
      ...(data.PERENNIAL_TEMPORAL_PORT === undefined ? {} : { temporal: data.PERENNIAL_TEMPORAL_PORT }),
      ...(data.PERENNIAL_TEMPORAL_UI_PORT === undefined ? {} : { ui: data.PERENNIAL_TEMPORAL_UI_PORT }),
      ...(data.PERENNIAL_POSTGRES_PORT === undefined ? {} : { postgres: data.PERENNIAL_POSTGRES_PORT }),
    },
    host: data.HOST,
    port: data.PORT,
    privatePorts: {
      ...(data.METRICS_PORT === undefined ? {} : { server: data.METRICS_PORT }),
      ...(data.WORKER_PORT === undefined ? {} : { worker: data.WORKER_PORT }),
    },
    privateHost: data.PRIVATE_HOST,
    drainMs: data.DRAIN_SECONDS * 1000,
    publicUrl: (data.PUBLIC_URL ?? `http://${data.HOST}:${data.PORT}`).replace(/\/$/, ''),
    ...given('secret', data.PERENNIAL_SECRET),
    formerSecrets: data.PERENNIAL_FORMER_SECRETS?.split(',') ?? [],
    ...given('smtpUrl', data.SMTP_URL),
    ...given('sendgrid', sendgridOf(data)),
    ...given('twilio', twilioOf(data)),
    outboxWanted: data.PERENNIAL_OUTBOX !== undefined,
    outboxFolder: data.PERENNIAL_OUTBOX ?? `${dataFolder}/outbox`,
    work: data.PERENNIAL_WORK,
    logLevel: data.LOG_LEVEL,
  };
}

function sendgridOf(data: z.infer<typeof schema>): SendgridSettings | undefined {
  const { SENDGRID_API_KEY: apiKey, SENDGRID_WEBHOOK_KEY: webhookKey, SENDGRID_BASE_URL: baseUrl } = data;
  if (apiKey === undefined && webhookKey === undefined) return undefined;
  return {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(webhookKey === undefined ? {} : { webhookKey }),
    baseUrl: (baseUrl ?? 'https://api.sendgrid.com').replace(/\/$/, ''),
  };
}

function given<Key extends keyof Environment>(
  key: Key,
  value: Environment[Key] | undefined,
): Partial<Environment> {
  return value === undefined ? {} : { [key]: value };
}
