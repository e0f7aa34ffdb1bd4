import { sql } from 'kysely';
import type { Queryable } from './database.ts';

/**
 * The schema as text, read from the catalog, so that a review shows what a migration really does to the tables. It comes
 * out the same on every supported PostgreSQL; `pg_dump` does not, and is not among the programs in the box.
 */
export async function dumpSchema(db: Queryable): Promise<string> {
  const tables = await listTables(db);
  const views = await listViews(db);
  return `${[...tables, ...views].join('\n\n')}\n`;
}

interface Line {
  readonly relation: string;
  readonly line: string;
}

async function listTables(db: Queryable): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string; options: string | null; comment: string | null }>`
    select c.relname as name, array_to_string(c.reloptions, ', ') as options, obj_description(c.oid) as comment
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
    order by c.relname collate "C"
  `.execute(db);
  const columns = byRelation(await listColumns(db));
  const constraints = byRelation(await listConstraints(db));
  const indexes = byRelation(await listIndexes(db));
  return tables.map(({ name, options, comment }) => {
    const body = [...(columns.get(name) ?? []), ...(constraints.get(name) ?? [])].map((line) => `  ${line}`);
    const head = `create table ${name} (\n${body.join(',\n')}\n)${options === null ? '' : ` with (${options})`};`;
    const said = comment === null ? [] : [`comment on table ${name} is ${quoted(comment)};`];
    return [head, ...said, ...(indexes.get(name) ?? [])].join('\n');
  });
}

async function listColumns(db: Queryable): Promise<readonly Line[]> {
  const { rows } = await sql<Line>`
    select c.relname as relation,
      concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
        case a.attidentity when 'a' then 'generated always as identity' end,
        case when a.attnotnull then 'not null' end,
        'default ' || pg_get_expr(d.adbin, d.adrelid)) as line
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    order by a.attnum
  `.execute(db);
  return rows;
}

async function listConstraints(db: Queryable): Promise<readonly Line[]> {
  // Since PostgreSQL 18, "not null" is a constraint as well; the columns say it already.
  const { rows } = await sql<Line>`
    select c.relname as relation, concat('constraint ', o.conname, ' ', pg_get_constraintdef(o.oid)) as line
    from pg_constraint o
    join pg_class c on c.oid = o.conrelid
    where c.relnamespace = current_schema()::regnamespace and o.contype <> 'n'
    order by position(o.contype in 'pufc'), o.conname collate "C"
  `.execute(db);
  return rows;
}

async function listIndexes(db: Queryable): Promise<readonly Line[]> {
  const { rows } = await sql<Line>`
    select c.relname as relation, pg_get_indexdef(i.indexrelid) || ';' as line
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    join pg_class n on n.oid = i.indexrelid
    where c.relnamespace = current_schema()::regnamespace
      and not exists (select from pg_constraint o where o.conindid = i.indexrelid)
    order by n.relname collate "C"
  `.execute(db);
  return rows.map(({ relation, line }) => ({ relation, line: line.replace(/ ON \w+\./, ' ON ') }));
}

/** Columns and meaning of views: how their query is printed differs between versions. */
async function listViews(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ name: string; columns: string; comment: string | null }>`
    select c.relname as name, obj_description(c.oid) as comment,
      (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
       from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) as columns
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'v'
    order by c.relname collate "C"
  `.execute(db);
  return rows.map(({ name, columns, comment }) => {
    const said = comment === null ? '' : `\ncomment on view ${name} is ${quoted(comment)};`;
    return `-- view ${name} (${columns})${said}`;
  });
}

function byRelation(lines: readonly Line[]): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const { relation, line } of lines) grouped.set(relation, [...(grouped.get(relation) ?? []), line]);
  return grouped;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
