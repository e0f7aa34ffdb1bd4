import pg from 'pg';

/** Any number will do; it must be the same in every process and stay out of the way of other locks of the database. */
const lockKey = 7_365_001;
const patienceMs = 5_000;
/** How long a goodbye may take on a connection that may be dead. */
const goodbyeMs = 1_000;
/** When this process is gone without a word, PostgreSQL finds out in half a minute instead of in two hours. */
const noticeDeadPeers = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

export interface LeadershipOptions {
  readonly url: string;
  /** How often the connection is tried, and how long it may leave a question unanswered, in milliseconds. Default 5 seconds. */
  readonly patienceMs?: number;
}

export interface Leadership {
  /** True when this process may lead. Cheap when it already does. */
  acquire(): Promise<boolean>;
  readonly held: boolean;
  release(): Promise<void>;
}

/**
 * One leader among all processes that share a database: an advisory lock on a connection of its own, which PostgreSQL
 * gives up by itself when the process or its connection dies. It has to be a direct connection, not one through a
 * pooler that hands it to others between two statements.
 *
 * For a moment two processes may both believe they lead (a network that drops packets). That wastes work and harms
 * nothing, because every call of the dispatcher may be repeated.
 */
export function createLeadership(options: LeadershipOptions): Leadership {
  const patience = options.patienceMs ?? patienceMs;
  let client: pg.Client | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let held = false;

  async function acquire(): Promise<boolean> {
    if (held) return true;
    try {
      client ??= await connect();
      const { rows } = await client.query<{ leads: boolean }>('select pg_try_advisory_lock($1) as leads', [
        lockKey,
      ]);
      held = rows[0]?.leads === true;
    } catch (error) {
      await release();
      throw error;
    }
    return held;
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      connectionString: options.url,
      application_name: 'perennial dispatcher',
      options: noticeDeadPeers,
      connectionTimeoutMillis: patience,
      query_timeout: patience,
      keepAlive: true,
    });
    // A connection that only stalled would go on holding the lock when it comes back, and nobody could ever lead again.
    const lose = () => {
      if (client === fresh) forget();
      void goodbye(fresh);
    };
    fresh.on('error', lose);
    fresh.on('end', lose);
    await fresh.connect();
    heartbeat = setInterval(() => void fresh.query('select 1').catch(lose), patience);
    heartbeat.unref();
    return fresh;
  }

  function forget(): pg.Client | undefined {
    const former = client;
    held = false;
    client = undefined;
    clearInterval(heartbeat);
    return former;
  }

  async function release(): Promise<void> {
    const former = forget();
    if (former !== undefined) await goodbye(former);
  }

  return {
    acquire,
    release,
    get held() {
      return held;
    },
  };
}

/** Ends a connection, whether or not the other side still answers. */
async function goodbye(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  const late = setTimeout(() => client.connection.stream.destroy(), goodbyeMs);
  await ended;
  clearTimeout(late);
}
