import type { TemplateHelper } from './template-helper.ts';

/** `{{shorten title 24}}`: at most that many UTF-16 units, cut at a whole character, with an ellipsis. */
export const shorten: TemplateHelper = {
  takes: ['text', 'number'],
  example: '{{shorten title 24}}',
  run: ([text, longest]) => {
    if (typeof text !== 'string' || typeof longest !== 'number') {
      throw new Error('shorten needs a text and a number');
    }
    if (text.length <= longest) return text;
    let kept = '';
    for (const { segment } of graphemes.segment(text)) {
      if (kept.length + segment.length > longest - 1) break;
      kept += segment;
    }
    return `${kept.trimEnd()}…`;
  },
};

const graphemes = new Intl.Segmenter();
