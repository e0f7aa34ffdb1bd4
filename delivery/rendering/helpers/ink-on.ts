import type { TemplateHelper } from './template-helper.ts';

/** `color="{{inkOn brand.colour}}"`: white or near-black, whichever reads better on that colour (WCAG 2.2 relative luminance). */
export const inkOn: TemplateHelper = {
  takes: ['text'],
  example: 'color="{{inkOn brand.colour}}"',
  run: ([colour]) => {
    if (typeof colour !== 'string' || !/^#[0-9a-f]{6}$/i.test(colour)) {
      throw new Error('inkOn needs a colour such as #1f5c46');
    }
    const luminance = luminanceOf(colour);
    return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#111111';
  },
};

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(parseInt(colour.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
