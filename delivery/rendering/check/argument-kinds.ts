import type { ArgumentKind } from '../helpers/template-helper.ts';
import type { Shape } from './shape.ts';

/** What a helper asks for, in words. */
export const wanted: Readonly<Record<ArgumentKind, string>> = {
  text: 'a text',
  number: 'a number',
  money: 'an amount with its currency',
  instant: 'an instant',
  link: 'a link',
  anything: 'something',
};

export function fits(kind: ArgumentKind, shape: Shape): boolean {
  switch (kind) {
    case 'text':
    case 'instant':
      return shape.kind === 'text' || shape.kind === 'number';
    case 'link':
      return shape.kind === 'text';
    case 'number':
      return shape.kind === 'number';
    case 'money':
      return isMoney(shape);
    case 'anything':
      return true;
    default:
      return kind satisfies never;
  }
}

export function isMoney(shape: Shape): boolean {
  return (
    shape.kind === 'object' &&
    shape.fields['amount']?.shape.kind === 'number' &&
    shape.fields['currency']?.shape.kind === 'text'
  );
}

/** What stands there, in words. */
export function aOrAn(shape: Shape): string {
  const words = {
    text: 'a text',
    number: 'a number',
    boolean: 'a yes or no',
    list: 'a list',
    unknown: 'of several kinds',
  };
  if (shape.kind === 'object') return isMoney(shape) ? 'an amount of money' : 'an object';
  return words[shape.kind];
}
