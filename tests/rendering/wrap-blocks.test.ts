import { describe, expect, it } from 'vitest';
import { wrapBlocks } from '../../delivery/rendering/wrap-blocks.ts';

describe('block tags between MJML components', () => {
  it('are wrapped, so that MJML keeps them', () => {
    expect(wrapBlocks('<mj-section>{{#if a}}<mj-column></mj-column>{{else}}{{/if}}</mj-section>')).toBe(
      '<mj-section><mj-raw>{{#if a}}</mj-raw><mj-column></mj-column><mj-raw>{{else}}</mj-raw><mj-raw>{{/if}}</mj-raw></mj-section>',
    );
  });

  it.each([
    '<mj-text>{{#if a}}<b>x</b>{{/if}}</mj-text>',
    '<mj-raw>{{#each a}}</mj-raw>',
    '<mj-button href="{{#if a}}{{url a}}{{/if}}">x</mj-button>',
    '<mj-text css-class=\'{{#if (or a "<b>")}}x{{/if}}\'>y</mj-text>',
    '<!-- {{#if a}} -->',
    '<mj-table><tr>{{#each a}}<td>{{this}}</td>{{/each}}</tr></mj-table>',
  ])('does not touch %s', (mjml) => {
    expect(wrapBlocks(mjml)).toBe(mjml);
  });

  it('keeps every line where it is, also those of comments', () => {
    const mjml = '<mj-body>\n{{!-- two\nlines --}}\n{{#if a}}\n{{/if}}\n</mj-body>';
    expect(wrapBlocks(mjml).split('\n')).toHaveLength(mjml.split('\n').length);
    expect(wrapBlocks(mjml)).not.toContain('two');
  });
});
