/** After rendering: no spaces at the ends of lines, at most one blank line in a row. */
export function tidyLines(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
