import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { createLedgerSetting } from '../../delivery/create-ledger-setting.ts';
import { createDeliver } from '../../delivery/deliver.ts';
import { createSettler } from '../../delivery/ledger/settler.ts';
import { createInbox } from '../../dispatch/inbox/create-inbox.ts';
import type { CampaignSend } from '../../domain/delivery.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { openDatabase } from '../../store/database.ts';
import { sendShopOf, type SendShopPlaces } from './send-shop.ts';

/**
 * A worker without a story: it asks for everything that has no outcome, in lists and singly, and asks again, as Temporal
 * does. Beside that it lets receipts take effect and settles, as `worker.ts` does. It never ends by itself.
 */
const [url = '', file = '', places = '', seed = ''] = process.argv.slice(2);
const db = openDatabase({ url, connections: 8 });
const parsed: SendShopPlaces = JSON.parse(places);
const requests: readonly CampaignSend[] = JSON.parse(await readFile(file, 'utf8'));
const deps = sendShopOf(db, parsed);
const deliver = createDeliver(deps);
const { clock } = deps;
const intake = createIntake({ db, journeys: [], clock, home: deps.shop.home });
const inbox = createInbox({ db, intake, clock, leads: () => true });
inbox.start();
createSettler({
  db,
  setting: createLedgerSetting(deps),
  tell: (connection, notices) => inbox.keep(connection, notices),
  leads: () => true,
  everyMs: 2000,
}).start();

async function finished(): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ key: string }>`
    select send_key as key from deliveries
    where state not in ('sending', 'deferred') or deferred_until > ${new Date(clock.now())}`.execute(db);
  return new Set(rows.map(({ key }) => key));
}

const lists = [1, 50, 20, 1, 100];
for (let round = Number(seed); ; round += 1) {
  const done = await finished();
  const open = requests.filter(({ sendKey }) => !done.has(sendKey));
  // Each worker begins elsewhere, so that they meet now and then and not all the time.
  const from = Math.floor((open.length * (round % 7)) / 7);
  const turned = [...open.slice(from), ...open.slice(0, from)].slice(0, 600);
  const turns: CampaignSend[][] = [];
  for (let first = 0; first < turned.length;) {
    const size = lists[turns.length % lists.length] ?? 1;
    turns.push(turned.slice(first, first + size));
    first += size;
  }
  const hand = async () => {
    for (let list = turns.shift(); list !== undefined; list = turns.shift())
      await deliver(list).catch(() => undefined);
  };
  await Promise.all([hand(), hand(), hand()]);
  await sleep(300);
}
