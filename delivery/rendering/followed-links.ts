/**
 * Templates write every link as `{{url …}}`. Where a customer can follow it, it becomes `{{followedUrl …}}` once, when
 * the template is compiled: the same link, which may lead over us. Pictures, our own pages (`links.…`) and links that go
 * on after the expression stay as they are.
 */
export function followLinks(template: string, format: 'html' | 'plain'): string {
  return template.replace(format === 'html' ? inAttribute : inWords, '$1{{followedUrl $2}}');
}

const inAttribute = /(\shref=")\{\{url (?!links\.)([^{}]*)\}\}(?=")/g;
const inWords = /()\{\{url (?!links\.)([^{}]*)\}\}(?![\w?/&#=%~+-])/g;
