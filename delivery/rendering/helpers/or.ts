import type { TemplateHelper } from './template-helper.ts';

/** `{{url (or cartUrl brand.url)}}`: the first if it is there, else the second. */
export const or: TemplateHelper = {
  takes: ['anything', 'anything'],
  takesMissing: true,
  example: '{{url (or cartUrl brand.url)}}',
  run: ([first, second]) => {
    const value = first === undefined || first === null || first === '' ? second : first;
    return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  },
};
