import {
  DefaultConnectionProvider,
  DefaultQueryExecutor,
  PostgresDialect,
  type CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  type Driver,
  type KyselyProps,
  type QueryResult,
  type Transaction,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';

/**
 * Kysely's way to PostgreSQL, for transactions of a dozen small statements, where reading a statement and waiting for
 * its answer cost more than its work:
 *
 * - A statement is parsed once per connection.
 * - What is sent in one turn of the event loop travels in one packet, `begin` together with the first statement, and is
 *   answered in the order in which it was sent.
 */
export function pipelined(pool: pg.Pool): KyselyProps {
  const dialect = new PostgresDialect({ pool });
  const driver = new PipelinedDriver(pool);
  const executor = new PipelinedExecutor(
    dialect.createQueryCompiler(),
    dialect.createAdapter(),
    new DefaultConnectionProvider(driver),
  );
  return { config: { dialect }, dialect, driver, executor };
}

/**
 * Kysely keeps a statement of a transaction back until the one before it is answered: a round trip each. Ours go out as
 * they come, since the connection keeps them in order.
 */
class PipelinedExecutor extends DefaultQueryExecutor {
  override withConnectionProvider(provider: ConnectionProvider): DefaultQueryExecutor {
    const connection = provider.provideConnection(async (one) => one);
    return super.withConnectionProvider({ provideConnection: async (use) => use(await connection) });
  }
}

class PipelinedDriver implements Driver {
  readonly #pool: pg.Pool;
  #ended: Promise<void> | undefined;

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
    await connection.commit();
  }

  async rollbackTransaction(connection: PipelinedConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(connection: PipelinedConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    this.#ended ??= this.#pool.end();
    await this.#ended;
  }
}

/**
 * Goes on as soon as the statements are sent: what is asked behind them finds their work done, and the commit fails as the
 * first of them does. What goes wrong before a statement is sent is thrown here. Each must be sent in this very turn.
 */
export async function goOnWhenSent<DB>(trx: Transaction<DB>, statements: Promise<unknown>): Promise<void> {
  await trx.getExecutor().provideConnection(async (connection) => {
    if (connection instanceof PipelinedConnection) connection.commitBehind(statements);
    else await statements;
  });
  await Promise.race([statements, new Promise<void>((resolve) => process.nextTick(resolve))]);
}

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** So much is worth a packet of its own: PostgreSQL works on it while we write the next statement. */
const fullPacket = 65_536;

class PipelinedConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  #begun: Promise<unknown> = Promise.resolve();
  /** Statements whose answers the commit waits for. */
  #unanswered: Promise<unknown>[] = [];
  /** The first failure of the transaction: the statements behind it only tell that it has failed. */
  #failure: unknown;
  #isOver = false;
  #isGathering = false;
  #isOutdated = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** Sent ahead of the first statement, which fails with it. */
  begin(): void {
    this.#unanswered = [];
    this.#failure = undefined;
    this.#isOver = false;
    this.#begun = this.#send('begin', []);
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#isOver) throw new TypeError('A statement came after the end of its transaction.');
    const [result] = await Promise.all([this.#send(sql, parameters), this.#begun]).catch((error: unknown) => {
      throw hasCode(error, 'in_failed_sql_transaction') ? (this.#failure ?? error) : error;
    });
    // A migration is many statements in one, and has no answer of its own.
    if (Array.isArray(result)) return { rows: [] };
    const { command, rowCount, rows } = result;
    return changing.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new TypeError('Rows are read in pages: a cursor would hold up the statements behind it.');
  }

  commitBehind(statements: Promise<unknown>): void {
    this.#unanswered.push(statements);
  }

  /** @throws what the first statement failed with: PostgreSQL answers the commit of a failed transaction with a rollback. */
  async commit(): Promise<void> {
    const committed = this.#send('commit', []);
    this.#isOver = true;
    const [{ command }] = await Promise.all([committed, ...this.#unanswered]);
    if (command !== 'COMMIT') throw this.#failure ?? new Error('The transaction was rolled back.');
    this.#isOver = false;
  }

  /** Whoever still has something to say in a transaction that failed elsewhere is refused: it would be kept on its own. */
  async rollback(): Promise<void> {
    this.#isOver = true;
    await this.#send('rollback', []);
    await new Promise((resolve) => setImmediate(resolve));
    this.#isOver = false;
  }

  release(): void {
    this.#client.release(this.#isOutdated);
  }

  #send(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    this.#gather();
    const answer =
      parameters.length === 0
        ? this.#client.query(text)
        : this.#client.query({ name: nameOf(text), text, values: [...parameters] });
    answer.catch((error: unknown) => {
      this.#failure ??= error;
      if (hasCode(error, 'feature_not_supported')) this.#isOutdated = true;
    });
    if (this.#client.connection.stream.writableLength > fullPacket) this.#dispatch();
    return answer;
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#client.connection.stream.cork();
    process.nextTick(() => this.#dispatch());
  }

  #dispatch(): void {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#client.connection.stream.uncork();
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const codes = {
  /**
   * "cached plan must not change result type": a migration has changed what a remembered `select *` gives. The next
   * connection knows nothing of before. https://www.postgresql.org/docs/current/sql-prepare.html
   */
  feature_not_supported: '0A000',
  in_failed_sql_transaction: '25P02',
} as const;

function hasCode(error: unknown, name: keyof typeof codes): boolean {
  return error instanceof Error && 'code' in error && error.code === codes[name];
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
