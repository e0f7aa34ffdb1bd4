import type { Shape } from './shape.ts';
import { longLink } from './standard-shape.ts';

/** How data of a schema may look at their extremes. */
export interface Extreme {
  /** Everything that may be there is there, lists are full, numbers are large; or as little as the schema allows. */
  readonly amount: 'most' | 'least';
  /** What texts are made of: an apostrophe takes six bytes in HTML, a Hangul syllable turns a text message into UCS-2. */
  readonly filler: string;
}

/** Data that a schema allows and that make a message as large as it can get. */
export function extremeData(shape: Shape, extreme: Extreme): unknown {
  switch (shape.kind) {
    case 'text':
      return textOf(shape, extreme);
    case 'number':
      return extreme.amount === 'most' ? (shape.most ?? Number.MAX_SAFE_INTEGER) : (shape.least ?? 0);
    case 'boolean':
      return extreme.amount === 'most';
    case 'list':
      return Array.from({ length: extreme.amount === 'most' ? (shape.most ?? 0) : shape.least }, () =>
        extremeData(shape.item, extreme),
      );
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.fields)
          .filter(([, field]) => extreme.amount === 'most' || !field.optional)
          .map(([name, field]) => [name, extremeData(field.shape, extreme)]),
      );
    case 'unknown':
      return null;
    default:
      return shape satisfies never;
  }
}

function textOf(shape: Extract<Shape, { kind: 'text' }>, { filler }: Extreme): string {
  if (shape.example !== undefined) return shape.example;
  const longest = shape.longest ?? 1;
  return shape.link === undefined ? filler.repeat(longest) : longLink(longest);
}

/** Paths of texts and lists without a limit: no worst case can be made of them. */
export function unboundedPaths(shape: Shape, path = ''): string[] {
  switch (shape.kind) {
    case 'text':
      return shape.longest === undefined ? [path] : [];
    case 'list':
      return [...(shape.most === undefined ? [path] : []), ...unboundedPaths(shape.item, `${path}[]`)];
    case 'object':
      return Object.entries(shape.fields).flatMap(([name, field]) =>
        unboundedPaths(field.shape, path === '' ? name : `${path}.${name}`),
      );
    case 'unknown':
      return [path];
    case 'number':
    case 'boolean':
      return [];
    default:
      return shape satisfies never;
  }
}
