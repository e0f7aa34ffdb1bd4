/** A text between slashes is a pattern; any other stands for itself. */
export function patternOf(find: string): RegExp {
  if (find.startsWith('/') && find.endsWith('/')) return new RegExp(find.slice(1, -1), 'g');
  return new RegExp(find.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'), 'g');
}
