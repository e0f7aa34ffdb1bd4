/**
 * MJML insists that a colour attribute holds a colour, so `background-color="{{brand.colour}}"` would be refused. While
 * MJML works, each such expression is stood in for by a colour that occurs nowhere else.
 */
export interface StoodIn {
  readonly mjml: string;
  readonly restore: (html: string) => string;
}

export function standInForColours(mjml: string): StoodIn {
  const stands = new Map<string, string>();
  const stoodIn = mjml.replace(
    /(\bcolor|-color)="(\{\{[^"]*\}\})"/g,
    (_, attribute: string, words: string) => {
      const colour = [...stands].find(([, known]) => known === words)?.[0] ?? freeColour(mjml, stands.size);
      stands.set(colour, words);
      return `${attribute}="${colour}"`;
    },
  );
  return {
    mjml: stoodIn,
    restore: (html) => [...stands].reduce((text, [colour, words]) => text.replaceAll(colour, words), html),
  };
}

function freeColour(mjml: string, taken: number): string {
  let number = 0xfa1b20 + taken;
  while (mjml.includes(`#${number.toString(16)}`)) number += 0x100;
  return `#${number.toString(16)}`;
}
