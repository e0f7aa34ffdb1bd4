import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listUnknowns } from '../../client/list-unknowns.ts';
import { suppress } from '../../client/suppress.ts';
import { createLedgerSetting } from '../../delivery/create-ledger-setting.ts';
import { createSettler } from '../../delivery/ledger/settler.ts';
import { createInbox } from '../../dispatch/inbox/create-inbox.ts';
import type { CampaignSend } from '../../domain/delivery.ts';
import { freePort } from '../../engine/ports.ts';
import { createRandom } from '../../examples/online-retail/random.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { newId } from '../../store/new-id.ts';
import { inviteCrowd } from '../delivery/crowd.ts';
import { checkout } from '../kit/checkout.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { eventsOf } from '../kit/sendgrid/events.ts';
import { sendgridApiKey, startSendgridServer, type SendgridServer } from '../kit/sendgrid-server.ts';
import { twilioMoods, type TwilioMood } from '../kit/twilio/answer-create.ts';
import { startTwilioServer, twilioAccount, type TwilioServer } from '../kit/twilio-server.ts';
import { audit, type Booked, type Taken } from './audit.ts';
import { classes, media, sendShopOf, type SendShopPlaces } from './send-shop.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? 20_261_123);
/** Per class and channel: minutes on a busy machine of two cores. A larger number is a longer test of the same. */
const sends = Number(process.env['CHAOS_SENDS'] ?? 60);
const people = 20;
const minute = 60_000;
/** Of each part; two thousand of each class and channel take half an hour where other work is done as well. */
const patienceMs = Math.max(10, sends / 60) * minute;

describe(`${sends} sends of each class on each channel while worker and server are killed (seed ${seed})`, () => {
  const random = createRandom(seed);
  const children = new Map<string, ChildProcess>();
  const kills = { worker: 0, server: 0 };
  /** Of the workers' world from the wall clock, and of Twilio's, which follows when the last old request is there. */
  let offsetMs = 0;
  let twilioOffsetMs = 0;
  let isOver = false;
  let folder: string;
  let database: TestDatabase;
  let sendgrid: SendgridServer;
  let twilio: TwilioServer;
  let places: Omit<SendShopPlaces, 'offsetMs'>;
  let requests: readonly CampaignSend[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sends-'));
    database = await createTestDatabase();
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    sendgrid = await startSendgridServer({
      webhook: `${publicUrl}/hooks/sendgrid`,
      mishaps: { share: 0.05, seed },
    });
    twilio = await startTwilioServer({ now: () => Date.now() + twilioOffsetMs });
    twilio.setMood(...drawMoods());
    places = { sendgridUrl: sendgrid.url, twilioUrl: twilio.url, publicUrl };
    requests = await invite();
    await writeFile(join(folder, 'requests.json'), JSON.stringify(requests));

    keepAlive('server', () => startServer(port));
    for (const name of ['worker-1', 'worker-2']) keepAlive(name, startWorker);
    const killing = killAtRandom();
    await until('half is sent', async () => (await open()) < requests.length / 2);
    await suppressSome();
    await until('everything has an outcome, or waits for evidence', async () => (await open()) === 0);
    // What waits for evidence comes due a quarter of an hour later.
    for (const [name, child] of children) if (name !== 'server') child.kill('SIGKILL');
    offsetMs = 16 * minute;
    await pause(500);
    twilioOffsetMs = offsetMs;
    await until('nothing is open any more', async () => (await open('with those that wait')) === 0);
    isOver = true;
    await killing;
    await tellTheRest();
  });

  afterAll(async () => {
    isOver = true;
    for (const child of children.values()) child.kill('SIGKILL');
    await Promise.all([sendgrid?.close(), twilio?.close()]);
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  function drawMoods(): TwilioMood[] {
    const mishaps = twilioMoods.filter((mood) => mood !== 'accept' && !mood.startsWith('hang'));
    const draw = () =>
      random.chance(0.05) ? random.pick(mishaps.map((mood) => [mood, 1] as const)) : 'accept';
    return [...Array.from({ length: sends * 8 }, draw), 'accept'];
  }

  /** A crowd for each class and channel, and people at whose place it is night. */
  async function invite(): Promise<readonly CampaignSend[]> {
    const at = Date.now();
    const all: CampaignSend[] = [];
    for (const [row, each] of classes.entries()) {
      for (const [column, medium] of media.entries()) {
        const numbers = `+44770${row * media.length + column}`;
        all.push(
          ...(await inviteCrowd(database.db, { size: sends, at, message: `${each}-${medium}`, numbers })),
        );
      }
    }
    const awake = await inviteCrowd(database.db, {
      size: people,
      at,
      message: 'offer-sms',
      numbers: '+447709',
      timeZone: zoneAt(14),
    });
    const asleep = await inviteCrowd(database.db, {
      size: people,
      at,
      message: 'offer-sms',
      numbers: '+447719',
      timeZone: zoneAt(2),
    });
    await sql`
      insert into consents (id, customer_id, channel, purpose, topic, state, basis, occurred_at, event_id)
      select gen_random_uuid(), r.customer_id, 'sms', 'marketing', '', 'granted', 'test', c.created_at, ${newId()}
      from campaign_recipients r join customers c on c.id = r.customer_id
      where r.id = any(${[...awake, ...asleep].map(({ recipient }) => recipient)}::uuid[])`.execute(
      database.db,
    );
    // WhatsApp takes free text from who wrote within a day.
    await sql`
      insert into inbound (id, customer_id, channel, address_key, at)
      select 'window-' || customer_id, customer_id, 'whatsapp', address_key, occurred_at
      from contact_points where kind = 'phone'`.execute(database.db);
    return shuffled([...all, ...awake, ...asleep]);
  }

  function shuffled(items: CampaignSend[]): CampaignSend[] {
    return items
      .map((item) => ({ item, place: random.whole(0, 1_000_000) }))
      .sort((one, other) => one.place - other.place)
      .map(({ item }) => item);
  }

  function startServer(port: number): ChildProcess {
    const { accountSid, authToken, messagingServiceSid } = twilioAccount;
    return spawn(process.execPath, ['--import', 'tsx', join(checkout, 'server.ts')], {
      cwd: checkout,
      stdio: ['ignore', 'ignore', process.env['CHAOS_LOG'] ? 'inherit' : 'ignore'],
      env: {
        ...process.env,
        PERENNIAL_DATA: folder,
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: '127.0.0.1:9',
        PORT: String(port),
        PUBLIC_URL: places.publicUrl,
        PERENNIAL_SECRET: 'a secret of thirty-two characters',
        SENDGRID_API_KEY: sendgridApiKey,
        SENDGRID_BASE_URL: sendgrid.url,
        SENDGRID_WEBHOOK_KEY: sendgrid.webhookKey,
        TWILIO_ACCOUNT_SID: accountSid,
        TWILIO_AUTH_TOKEN: authToken,
        TWILIO_BASE_URL: twilio.url,
        TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid,
        LOG_LEVEL: 'warn',
      },
    });
  }

  function startWorker(): ChildProcess {
    const args = [
      join(checkout, 'tests/chaos/send-worker.ts'),
      database.url,
      join(folder, 'requests.json'),
      JSON.stringify({ ...places, offsetMs }),
      String(random.whole(0, 100)),
    ];
    return spawn(process.execPath, ['--import', 'tsx', ...args], {
      cwd: checkout,
      stdio: ['ignore', 'ignore', process.env['CHAOS_LOG'] ? 'inherit' : 'ignore'],
    });
  }

  function keepAlive(name: string, start: () => ChildProcess): void {
    if (isOver && name !== 'server') return;
    const child = start();
    children.set(name, child);
    child.once('exit', () => keepAlive(name, start));
  }

  /**
   * Kills each of them four times, in an order and at shares of the work that chance picks: by time, a fast machine would be
   * done before anybody died, and on a slow one nobody would live long enough to send.
   */
  async function killAtRandom(): Promise<void> {
    const names = ['server', 'worker-1', 'worker-2'].flatMap((name) => [name, name, name, name]);
    const plan = names
      .map((name) => ({ name, at: random.whole(2, 95) / 100 }))
      .sort((one, other) => one.at - other.at);
    const isDue = async (share: number) => isOver || (await open()) <= requests.length * (1 - share);
    for (const { name, at } of plan) {
      while (!(await isDue(at))) await pause(100);
      if (isOver) return;
      children.get(name)?.kill('SIGKILL');
      kills[name === 'server' ? 'server' : 'worker'] += 1;
    }
  }

  /** Requests without an outcome. Quiet hours are waited out by nobody here. */
  async function open(waiting?: 'with those that wait'): Promise<number> {
    const { rows } = await sql<{ done: number }>`
      select count(*)::int as done from deliveries
      where state not in ('sending', 'deferred')
        or (state = 'deferred' and reason = 'quiet-hours')
        or (state = 'deferred' and ${waiting === undefined} and deferred_until > ${new Date(Date.now() + 10 * minute)})
    `.execute(database.db);
    return requests.length - (rows[0]?.done ?? 0);
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const givesUpAt = Date.now() + patienceMs;
    while (!(await isSo())) {
      if (Date.now() > givesUpAt)
        throw new Error(
          `${what}: not within ${patienceMs / minute} minutes; ${await open()} are open; kills ${JSON.stringify(kills)}`,
        );
      await pause(300);
    }
    if (process.env['CHAOS_LOG']) console.log(what, new Date().toISOString(), kills);
  }

  /** Some who have not had theirs, and some who have. */
  async function suppressSome(): Promise<void> {
    const { rows } = await sql<{ address: string }>`
      select address from contact_points where kind = 'email' order by customer_id limit ${people}`.execute(
      database.db,
    );
    for (const { address } of rows) await suppress(database.db, address, { reason: 'test', now: Date.now() });
  }

  /** SendGrid tells again for a day, Twilio is asked, and what was told takes effect. */
  async function tellTheRest(): Promise<void> {
    for (const [name, child] of children) if (name !== 'server') child.kill('SIGKILL');
    await until(
      'the server is up',
      async () => (await fetch(`${places.publicUrl}/healthz`).catch(() => undefined)) !== undefined,
    );
    sendgrid.post(sendgrid.taken.flatMap((mail) => eventsOf(mail, 'delivered')));
    await sendgrid.calledBack();
    const deps = sendShopOf(database.db, { ...places, offsetMs });
    const { clock } = deps;
    const { db } = database;
    const inbox = createInbox({
      db,
      clock,
      intake: createIntake({ db, journeys: [], clock, home: deps.shop.home }),
    });
    await inbox.drain();
    for (const later of [20 * minute, 70 * minute, 26 * 60 * minute]) {
      const setting = { ...createLedgerSetting(deps), clock: { now: () => clock.now() + later } };
      await createSettler({ db, setting, tell: (name, notices) => inbox.keep(name, notices) }).pass();
    }
    await inbox.drain();
  }

  const taken = (): readonly Taken[] => [
    ...sendgrid.taken.map(({ sendId, at }) => ({ sendId, at, connection: 'sendgrid' })),
    ...twilio.taken.map(({ sendId, at, to }) => ({
      sendId,
      at: at - (at > Date.now() ? offsetMs : 0),
      connection: to.startsWith('whatsapp:') ? 'twilio-whatsapp' : 'twilio-sms',
    })),
  ];

  async function readLedger(): Promise<readonly Booked[]> {
    const { rows } = await sql<Booked>`
      select d.id, d.send_key as "sendKey", d.class, d.purpose, d.channel, d.connection, d.state, d.reason,
        (select count(*)::int from delivery_attempts a where a.delivery_id = d.id) - 1 as "lostAnswers",
        (select min(s.at) from suppressions s where s.address_key = d.address_key) as "suppressedAt",
        c.time_zone as "timeZone"
      from deliveries d join customers c on c.id = d.customer_id`.execute(database.db);
    return rows;
  }

  /** What ledger and providers know about the first few messages that are named in `words`: without it, a seed explains little. */
  async function evidenceOf(words: readonly string[]): Promise<string> {
    const ids = words
      .slice(0, 5)
      .flatMap((each) => /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/.exec(each)?.[0] ?? []);
    const { rows } = await sql<{ id: string; evidence: unknown }>`
      select d.id, jsonb_build_object(
        'row', to_jsonb(d) - 'trace',
        'attempts', (select jsonb_agg(to_jsonb(a) order by a.attempt) from delivery_attempts a where a.delivery_id = d.id),
        'lookUps', (select jsonb_agg(to_jsonb(l)) from look_ups l where l.delivery_id = d.id)
      ) as evidence
      from deliveries d where d.id = any(${ids}::uuid[])`.execute(database.db);
    const takenOf = (id: string) => taken().filter(({ sendId }) => sendId === id);
    return JSON.stringify(
      rows.map(({ id, evidence }) => ({ evidence, taken: takenOf(id) })),
      undefined,
      2,
    );
  }

  it('really killed both', () => {
    expect(kills.worker).toBeGreaterThanOrEqual(3);
    expect(kills.server).toBeGreaterThanOrEqual(1);
  });

  it('has in its ledger what the providers have in their logs, by every invariant', async () => {
    const rows = await readLedger();
    const listed = (await listUnknowns(database.db)).map(({ delivery }) => delivery);
    const violations = audit({
      requested: requests.map(({ sendKey }) => sendKey),
      taken: taken(),
      rows,
      listed,
    });
    console.log(JSON.stringify({ seed, sends, kills, taken: taken().length, unknown: listed.length }));
    expect(violations, await evidenceOf(violations)).toEqual([]);
  });

  it('has settled every unknown of which a provider has the message', async () => {
    const had = new Set(taken().map(({ sendId }) => sendId));
    const unknown = (await listUnknowns(database.db)).map(({ delivery }) => delivery);
    const missed = unknown.filter((delivery) => had.has(delivery));
    expect(missed, await evidenceOf(missed)).toEqual([]);
  });

  it('wrote to nobody at night', async () => {
    const rows = (await readLedger()).filter(({ purpose }) => purpose === 'marketing');
    expect(rows.filter(({ reason }) => reason === 'quiet-hours')).toHaveLength(people);
    expect(rows.filter(({ state }) => state === 'accepted').length).toBeGreaterThan(0);
  });
});

/** A zone in which it is about that hour now. */
function zoneAt(hour: number): string {
  const ahead = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
  // The signs of these names are the other way round.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
