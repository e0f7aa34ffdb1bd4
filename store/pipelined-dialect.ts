import {
  CompiledQuery,
  PostgresDialect,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';

/**
 * Kysely's way to PostgreSQL, for transactions of a dozen small statements, where reading a statement and waiting for
 * its answer cost more than its work:
 *
 * - A statement is parsed once per connection.
 * - What is sent in one turn of the event loop travels in one packet, `begin` together with the first statement.
 */
export class PipelinedDialect extends PostgresDialect {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): Driver {
    return new PipelinedDriver(this.#pool);
  }
}

class PipelinedDriver implements Driver {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PipelinedConnection> {
    return new PipelinedConnection(await this.#pool.connect());
  }

  async beginTransaction(connection: PipelinedConnection, settings: TransactionSettings): Promise<void> {
    if (settings.isolationLevel !== undefined || settings.accessMode !== undefined)
      throw new TypeError(
        'Transactions are read committed and may write: their statements are written for that.',
      );
    connection.begin();
  }

  async commitTransaction(connection: PipelinedConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: PipelinedConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(connection: PipelinedConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

class PipelinedConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  #begun: Promise<unknown> = Promise.resolve();
  #isOutdated = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** Sent ahead of the first statement, which fails with it. */
  begin(): void {
    this.#begun = this.#send('begin', []);
    this.#begun.catch(() => undefined);
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const [result] = await Promise.all([this.#send(sql, parameters), this.#begun]).catch((error: unknown) => {
      if (isOutdated(error)) this.#isOutdated = true;
      throw error;
    });
    // A migration is many statements in one, and has no answer of its own.
    if (Array.isArray(result)) return { rows: [] };
    const { command, rowCount, rows } = result;
    return changing.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new TypeError('Rows are read in pages: a cursor would hold up the statements behind it.');
  }

  release(): void {
    this.#client.release(this.#isOutdated);
  }

  #send(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    const { stream } = this.#client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    if (parameters.length === 0) return this.#client.query(text);
    return this.#client.query({ name: nameOf(text), text, values: [...parameters] });
  }
}

/**
 * "cached plan must not change result type": a migration has changed what a remembered `select *` gives. The next
 * connection knows nothing of before. https://www.postgresql.org/docs/current/sql-prepare.html
 */
function isOutdated(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '0A000';
}

/** Far more than there are in our code; a text that is put together anew each time must not fill the server. */
const mostNames = 500;
const names = new Map<string, string>();

/** The name under which a connection remembers the statement; without one it is read anew. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `statement-${names.size + 1}`;
  names.set(text, name);
  return name;
}
