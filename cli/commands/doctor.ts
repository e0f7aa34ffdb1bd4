import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import colours from 'picocolors';
import { readEnvironment } from '../../config/environment.ts';
import { checkSendgrid, type SendgridCheck } from '../../delivery/channels/email/check-sendgrid.ts';
import { checkTwilio, type TwilioCheck } from '../../delivery/channels/twilio/check-twilio.ts';
import { isPerennialError } from '../../domain/perennial-error.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { exitCode } from '../exit-code.ts';

interface Finding {
  readonly what: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly detail: string;
}

/** `undefined`: there is nothing to check. */
type Check = () => Promise<Finding | undefined>;

export function doctorCommand(): Command {
  return createCommand('doctor', 'check this machine and this checkout, and say what to do', [
    'doctor',
    'doctor --json',
  ]).action((options: CommonOptions) =>
    runCommand(options, async (output) => {
      const checks = [node, go, environment, disk, engine, sendgrid, twilio].map(attempt);
      const findings = (await Promise.all(checks)).filter((finding) => finding !== undefined);
      output.data(findings);
      for (const { what, state, detail } of findings)
        output.say(`${marks[state]} ${what.padEnd(12)} ${detail}`);
      return findings.some(({ state }) => state === 'bad') ? exitCode.failure : exitCode.success;
    }),
  );
}

const marks = { good: colours.green('✓'), note: colours.yellow('•'), bad: colours.red('✗') } as const;

async function attempt(check: Check): Promise<Finding | undefined> {
  try {
    return await check();
  } catch (error) {
    const detail = isPerennialError(error) ? `${error.message} (${error.code})` : String(error);
    return { what: check.name, state: 'bad', detail };
  }
}

async function node(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    what: 'node',
    state: enough ? 'good' : 'bad',
    detail: enough ? process.version : `${process.version}; install 20.19 or later`,
  };
}

async function go(): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)('go', ['version']);
    return { what: 'go', state: 'good', detail: stdout.trim() };
  } catch {
    return {
      what: 'go',
      state: 'note',
      detail:
        'not found; needed once, to build the Temporal server, unless TEMPORAL_ADDRESS is set or temporal 1.9.1 is on the PATH',
    };
  }
}

async function environment(): Promise<Finding> {
  const { databaseUrl, temporalAddress } = readEnvironment();
  const places = [
    databaseUrl ? 'DATABASE_URL' : 'PostgreSQL in the box',
    temporalAddress ?? 'Temporal in the box',
  ];
  return { what: 'environment', state: 'good', detail: places.join(', ') };
}

async function disk(): Promise<Finding> {
  const { checkout, dataFolder, outboxFolder } = readEnvironment();
  const what = 'disk';
  for (const folder of [dataFolder, outboxFolder]) {
    const free = await freeGigabytes(folder);
    if (free >= leastForData) continue;
    const detail = `${free.toFixed(1)} GB free for ${folder}; the engine and the outbox stop when it is full`;
    return { what, state: 'bad', detail };
  }
  const free = await freeGigabytes(checkout);
  const detail = `${free.toFixed(0)} GB free${free < leastForBuild ? '; the first build of the engine needs about 3 GB' : ''}`;
  return { what, state: free < leastForBuild ? 'bad' : 'good', detail };
}

/** In GB. */
const leastForBuild = 3;
const leastForData = 0.5;

/** Of a folder that need not be there yet: then it will be made in the one above. */
async function freeGigabytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(nearest(resolve(folder)));
  return (bavail * bsize) / 1e9;
}

function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}

async function engine(): Promise<Finding> {
  const { engineStatus } = await import('../../engine/engine-status.ts');
  const status = await engineStatus({ dataFolder: readEnvironment().dataFolder });
  return status.running
    ? {
        what: 'engine',
        state: 'good',
        detail: `runs${status.temporal ? ` at ${status.temporal.address}` : ''}`,
      }
    : { what: 'engine', state: 'note', detail: 'does not run; "npm start" starts it' };
}

async function sendgrid(): Promise<Finding | undefined> {
  const { sendgrid: settings, publicUrl } = readEnvironment();
  if (settings?.apiKey === undefined) return undefined;
  const check = await checkSendgrid({ ...settings, apiKey: settings.apiKey });
  const what = 'sendgrid';
  if (check.kind !== 'ready') return { what, state: 'bad', detail: sendgridTrouble(check) };
  if (settings.webhookKey === undefined) {
    const detail = 'the key may send; receipts are refused until SENDGRID_WEBHOOK_KEY is set';
    return { what, state: 'note', detail };
  }
  return { what, state: 'good', detail: `the key may send; receipts come to ${publicUrl}/hooks/sendgrid` };
}

function sendgridTrouble(check: Exclude<SendgridCheck, { kind: 'ready' }>): string {
  switch (check.kind) {
    case 'may-not-send':
      return 'the key lacks the permission "Mail Send"; give it under Settings, API Keys';
    case 'key-refused':
      return `the key is not accepted (${check.status}); an account in the EU needs SENDGRID_BASE_URL=https://api.eu.sendgrid.com`;
    case 'unreachable':
      return `does not answer (${check.code}); is there a way to it from this machine?`;
    default:
      return check satisfies never;
  }
}

async function twilio(): Promise<Finding | undefined> {
  const { twilio: settings, publicUrl } = readEnvironment();
  if (settings === undefined) return undefined;
  const { messagingServiceSid, whatsAppFrom } = settings;
  const services = [messagingServiceSid ?? '', whatsAppFrom ?? ''].filter((sid) => sid.startsWith('MG'));
  const check = await checkTwilio(settings, services);
  const what = 'twilio';
  if (check.kind !== 'ready') return { what, state: 'bad', detail: twilioTrouble(check) };
  const sends = [
    ...(messagingServiceSid === undefined ? [] : ['text messages']),
    ...(whatsAppFrom === undefined ? [] : ['WhatsApp messages']),
  ];
  const detail = `the account may send ${sends.join(' and ')}; receipts come to ${publicUrl}/hooks/twilio-sms and …/twilio-whatsapp`;
  return { what, state: 'good', detail };
}

function twilioTrouble(check: Exclude<TwilioCheck, { kind: 'ready' }>): string {
  switch (check.kind) {
    case 'token-refused':
      return `the account and the token do not fit (${check.status}); copy both again from Twilio's console`;
    case 'not-active':
      return `the account is ${check.state}; Twilio's console says why`;
    case 'service-unknown':
      return `the account has no Messaging Service ${check.service}; copy its SID again`;
    case 'unreachable':
      return `does not answer (${check.code}); is there a way to it from this machine?`;
    default:
      return check satisfies never;
  }
}
