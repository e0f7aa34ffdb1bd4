/**
 * A process of its own that dispatches until it is killed; what its runs hear is written to the table `heard`.
 * Argument: the database's URL.
 */
import { sql } from 'kysely';
import { createDispatcher } from '../../dispatch/dispatcher.ts';
import { openDatabase } from '../../store/database.ts';

const url = process.argv[2];
if (url === undefined) throw new Error('which database?');
const db = openDatabase({ url });

createDispatcher({
  db,
  databaseUrl: url,
  clock: { now: Date.now },
  intake: { reroute: async () => undefined },
  runs: {
    async start({ input }) {
      await sql`insert into heard (enrolment, call) values (${input.enrolment}::uuid, 'start')`.execute(db);
      return 'started';
    },
    async tell({ input }, { outboxId }) {
      await sql`insert into heard (enrolment, call) values (${input.enrolment}::uuid, ${outboxId}::text)`.execute(
        db,
      );
      return 'told';
    },
  },
}).start();
