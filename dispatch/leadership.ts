import pg from 'pg';

/** Any number will do; it must be the same in every process and stay out of the way of other locks of the database. */
const lockKey = 7_365_001;
const heartbeatMs = 5_000;

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
export function createLeadership({ url }: { readonly url: string }): Leadership {
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
      connectionString: url,
      application_name: 'perennial dispatcher',
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    const lose = () => {
      if (client === fresh) forget();
    };
    fresh.on('error', lose);
    fresh.on('end', lose);
    await fresh.connect();
    heartbeat = setInterval(() => void fresh.query('select 1').catch(lose), heartbeatMs);
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
    await forget()
      ?.end()
      .catch(() => undefined);
  }

  return {
    acquire,
    release,
    get held() {
      return held;
    },
  };
}
