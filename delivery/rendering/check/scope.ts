import type { Shape } from './shape.ts';
import type { Rule } from '../template-error.ts';
import { nearestName } from './nearest-name.ts';

/** What the names at one place of a template stand for. `#each` and `#with` go one level down, `#if` does not. */
export interface Level {
  readonly shape: Shape;
  /** How a person would write it from the top: `lines[]`. */
  readonly path: string;
  readonly inEach: boolean;
  /** Block parameters: `{{#each lines as |line|}}`. */
  readonly names: ReadonlyMap<string, Named>;
}

export interface Named {
  readonly shape: Shape;
  readonly path: string;
}

export interface Scope {
  /** Outermost first. */
  readonly levels: readonly [Level, ...Level[]];
  /** Paths that are known to be there, because an `#if` around this place says so. */
  readonly present: ReadonlySet<string>;
}

export interface Resolved extends Named {
  /** The outermost part that may be absent here. */
  readonly maybeMissing?: string;
}

export interface Unresolved {
  readonly rule: Rule;
  readonly sentence: string;
}

export function resolvePath(path: hbs.AST.PathExpression, scope: Scope): Resolved | Unresolved {
  if (path.data) return resolveData(path, scope);
  if (path.depth >= scope.levels.length) {
    return {
      rule: 'wrong-depth',
      sentence: `{{${path.original}}} goes up ${path.depth} levels and there are only ${scope.levels.length - 1} here. #if and #unless are no levels; only #each and #with are.`,
    };
  }
  const [first = '', ...rest] = path.parts;
  const named = path.depth === 0 ? blockParameter(first, scope) : undefined;
  if (named !== undefined) return follow(path, rest, { ...named }, scope);
  const level = scope.levels[scope.levels.length - 1 - path.depth] ?? scope.levels[0];
  return follow(path, path.parts, { shape: level.shape, path: level.path }, scope, level);
}

function blockParameter(name: string, scope: Scope): Named | undefined {
  return scope.levels.map(({ names }) => names.get(name)).findLast((found) => found !== undefined);
}

const eachData: Readonly<Record<string, Shape>> = {
  index: { kind: 'number', least: 0 },
  key: { kind: 'text', longest: 40 },
  first: { kind: 'boolean' },
  last: { kind: 'boolean' },
};

function resolveData(path: hbs.AST.PathExpression, scope: Scope): Resolved | Unresolved {
  const [name = '', ...rest] = path.parts;
  if (name === 'root') return follow(path, rest, { shape: scope.levels[0].shape, path: '' }, scope);
  const shape = eachData[name];
  if (shape === undefined) {
    return {
      rule: 'unknown-variable',
      sentence: `There is no {{@${name}}}. There are @root, and inside #each @index, @key, @first and @last.`,
    };
  }
  if (!scope.levels.some(({ inEach }) => inEach)) {
    return {
      rule: 'wrong-depth',
      sentence: `{{@${name}}} exists only inside #each. Move it into the loop, or use a variable.`,
    };
  }
  return { shape, path: `@${name}` };
}

function follow(
  path: hbs.AST.PathExpression,
  parts: readonly string[],
  start: Named,
  scope: Scope,
  level?: Level,
): Resolved | Unresolved {
  let at: Named = start;
  let maybeMissing: string | undefined;
  for (const part of parts) {
    const field = fieldOf(at.shape, part);
    if (field === undefined) return unknown(path, part, at, scope, level);
    const next = at.path === '' ? part : `${at.path}.${part}`;
    if (field.optional && !scope.present.has(next)) maybeMissing ??= next;
    at = { shape: field.shape, path: next };
  }
  return maybeMissing === undefined ? at : { ...at, maybeMissing };
}

function fieldOf(shape: Shape, name: string) {
  if (shape.kind === 'object') return Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
  if (shape.kind !== 'list') return undefined;
  if (name === 'length') return { shape: { kind: 'number' } as const, optional: false };
  return /^\d+$/.test(name) ? { shape: shape.item, optional: Number(name) >= shape.least } : undefined;
}

function unknown(
  path: hbs.AST.PathExpression,
  part: string,
  at: Named,
  scope: Scope,
  level?: Level,
): Unresolved {
  const depth = level === undefined ? undefined : depthWhere(part, scope, level);
  if (depth !== undefined) {
    return {
      rule: 'wrong-depth',
      sentence: `Here inside ${at.path}, "${part}" is not known; it is ${depth} up. Write {{${'../'.repeat(depth)}${path.original}}}.`,
    };
  }
  const known = at.shape.kind === 'object' ? Object.keys(at.shape.fields) : [];
  const where = at.path === '' ? 'the data of this message' : at.path;
  const like = nearestName(part, known);
  const advice =
    like === undefined
      ? `It has ${known.length === 0 ? 'no fields' : known.join(', ')}. Use one of them, or add "${part}" to the data schema and the loader in message.ts.`
      : `Did you mean "${like}"?`;
  return { rule: 'unknown-variable', sentence: `There is no "${part}" in ${where}. ${advice}` };
}

/** How many levels up the name would be found. */
function depthWhere(name: string, scope: Scope, from: Level): number | undefined {
  const index = scope.levels.indexOf(from);
  const above = scope.levels.slice(0, index).findLastIndex(({ shape }) => fieldOf(shape, name) !== undefined);
  return above === -1 ? undefined : scope.levels.length - 1 - above;
}
