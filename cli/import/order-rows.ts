import { cellText } from './cell-text.ts';
import { hashOf } from './event-rows.ts';
import type { ImportedEvent, ImportUnit } from './import-unit.ts';
import type { MappedRow } from './mapping.ts';
import { readOrderRow, RowProblem, type OrderFileSettings, type OrderRow } from './order-row.ts';

/**
 * Orders as units: all rows of one order together, since an order that lacks a line would be another order. Rows of an order
 * stand near each other. One row that cannot be read rejects its order, so that the file of rejected rows can be
 * corrected and imported.
 *
 * Quantities below zero are goods that came back: each such row is a unit of its own.
 */
export async function* unitsOfOrders(
  rows: AsyncIterable<MappedRow>,
  settings: OrderFileSettings,
): AsyncGenerator<ImportUnit> {
  const titled = new Set<string>();
  const seen = new Set<string>();
  for await (const group of groupsOf(expanded(rows))) {
    // Rows without an id are refused one by one, with what is missing.
    const key = group.id === undefined ? undefined : hashOf(group.id).slice(0, 16);
    if (key !== undefined && seen.has(key)) {
      yield {
        rows: group.rows,
        problem: `is of order "${cellText(group.id)}", whose other rows stand far before it; sort the file by order`,
      };
      continue;
    }
    if (key !== undefined) seen.add(key);
    yield* unitsOfGroup(group.rows, settings, titled);
  }
}

/** An order in JSON may carry its lines as a list. */
async function* expanded(rows: AsyncIterable<MappedRow>): AsyncGenerator<MappedRow> {
  for await (const row of rows) {
    const { lines, ...order } = row.fields;
    if (!Array.isArray(lines)) yield row;
    else for (const line of lines) yield { ...row, fields: { ...order, ...line } };
  }
}

interface Group {
  readonly id: unknown;
  readonly rows: readonly MappedRow[];
}

/** So many orders may lie open at once: tills and exports mix the rows of orders that were made at the same time. */
const openOrders = 100;

async function* groupsOf(rows: AsyncIterable<MappedRow>): AsyncGenerator<Group> {
  const open = new Map<unknown, { id: unknown; rows: MappedRow[] }>();
  for await (const row of rows) {
    const id = row.fields['id'];
    const group = open.get(id);
    if (group !== undefined && id !== undefined) {
      group.rows.push(row);
      continue;
    }
    // A row without an id is nobody's but its own.
    open.set(id === undefined ? row.place : id, { id, rows: [row] });
    const [oldest] = open.keys();
    const done = open.size > openOrders ? open.get(oldest) : undefined;
    if (done === undefined) continue;
    open.delete(oldest);
    yield done;
  }
  yield* open.values();
}

function* unitsOfGroup(
  rows: readonly MappedRow[],
  settings: OrderFileSettings,
  titled: Set<string>,
): Generator<ImportUnit> {
  const isGoods = ({ fields }: MappedRow): boolean =>
    !settings.without.has(cellText(fields['variant']).trim());
  const goods = rows.filter(isGoods);
  const others = rows.filter((row) => !isGoods(row));
  if (others.length > 0) yield { rows: others, leftOut: true };
  try {
    const lines = goods.map((row) => readLine(row, settings));
    const bought = lines.filter(({ quantity }) => quantity > 0);
    if (bought.length > 0) yield orderUnit(bought, titled);
    yield* lines.filter(({ quantity }) => quantity < 0).map(goodsBackUnit);
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    yield {
      rows: goods,
      problem: error.message,
      ...(error.place === undefined ? {} : { culprit: error.place }),
    };
  }
}

/** @throws RowProblem that says which row of the order it is */
function readLine(row: MappedRow, settings: OrderFileSettings): OrderRow {
  try {
    const line = readOrderRow(row, settings);
    if (line.customer === undefined && (!settings.guests || line.quantity < 0))
      throw new RowProblem(
        line.quantity < 0 ? 'names no customer' : 'names no customer; --guests takes such orders as well',
      );
    return line;
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    throw new RowProblem(error.message, row.place);
  }
}

function orderUnit(lines: readonly OrderRow[], titled: Set<string>): ImportUnit {
  const rows = lines.map(({ row }) => row);
  const [first] = lines;
  if (first === undefined) return { rows, problem: 'has no line' };
  const other = lines.find(
    ({ customer, price }) => customer !== first.customer || price.currency !== first.price.currency,
  );
  if (other !== undefined)
    return {
      rows,
      problem: 'has another customer or currency than the rows before it',
      culprit: other.row.place,
    };
  return { rows, events: [...titlesOf(lines, titled), ...orderEvents(first, lines)] };
}

/** What things are called, once per title: messages name them. */
function titlesOf(lines: readonly OrderRow[], titled: Set<string>): ImportedEvent[] {
  return lines.flatMap(({ variant, title, at }) => {
    const name = JSON.stringify([variant, title]);
    if (title === undefined || titled.has(name)) return [];
    titled.add(name);
    // With its instant: a later file may have the same title, first seen on a later day.
    const id = `import-title-${hashOf([name, at])}`;
    return [
      {
        id,
        type: 'product.updated',
        occurredAt: at,
        source: 'import',
        backfill: true,
        data: { variant, title },
      },
    ];
  });
}

function orderEvents(order: OrderRow, lines: readonly OrderRow[]): ImportedEvent[] {
  const { id: orderId, customer, at, market, channel, state, deliveredAt } = order;
  const key = hashOf(orderId);
  const event = (type: string, data: object, occurredAt = at): ImportedEvent => ({
    id: `import-${type}-${key}`,
    type,
    occurredAt,
    ...(customer === undefined ? { anonymousId: `import-guest-${key}` } : { customerId: customer }),
    ...(market === undefined ? {} : { market }),
    source: 'import',
    backfill: true,
    data,
  });
  const total = lines.reduce((sum, { price, quantity }) => sum + price.amount * quantity, 0);
  const placed = event('order.placed', {
    orderId,
    lines: lines.map(({ line, variant, quantity, price, gift }) => ({
      ...(line === undefined ? {} : { line }),
      variant,
      quantity,
      price,
      ...(gift ? { gift } : {}),
    })),
    total: { amount: total, currency: order.price.currency },
    ...(channel === undefined ? {} : { channel }),
  });
  const delivered = { orderId, shipmentId: orderId };
  return [
    placed,
    ...(state === 'paid' ? [event('order.paid', { orderId })] : []),
    ...(state === 'cancelled' ? [event('order.cancelled', { orderId })] : []),
    ...(deliveredAt === undefined ? [] : [event('shipment.delivered', delivered, deliveredAt)]),
  ];
}

function goodsBackUnit(line: OrderRow, place: number): ImportUnit {
  const { row, id, customer = '', variant, quantity, price, at } = line;
  const goodsBack = {
    id: `import-return-${hashOf([id, variant, quantity, price, place])}`,
    customer,
    variant,
    quantity: -quantity,
    price,
    at,
  };
  return { rows: [row], goodsBack };
}
