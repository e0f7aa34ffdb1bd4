import { PerennialError } from '../../domain/perennial-error.ts';
import type { JourneyName } from './journey-name.ts';

/**
 * The text of `templates/index.ts` with one message more: its import and its entry, each before the first that comes
 * after it in the alphabet.
 *
 * @throws PerennialError `file-unreadable` when the file does not look like the list that it is, `journey-exists` when
 * another message has the same name in code: `thank-you-2` and `thank-you2`, say.
 */
export function withMessage(index: string, { name, constant }: JourneyName): string {
  const other = new RegExp(`^import \\{ ${constant} \\} from './([^/']+)/`, 'm').exec(index)?.[1];
  if (other !== undefined) {
    throw new PerennialError(
      'journey-exists',
      `"${name}" would be called "${constant}" in the code, and so is "${other}" already. Choose another name.`,
    );
  }
  const entry = constant === name ? `  ${name},` : `  '${name}': ${constant},`;
  const imported = index.replace(/(?:^import .*;\n)+/m, (imports) =>
    insert(imports, `import { ${constant} } from './${name}/message.ts';`),
  );
  const listed = imported.replace(
    /^(export const messages = \{\n)((?: {2}.*,\n)*)/m,
    (_, open: string, entries: string) => open + insert(entries, entry),
  );
  if (imported !== index && listed !== imported) return listed;
  throw new PerennialError(
    'file-unreadable',
    'templates/index.ts does not list messages as "export const messages = {", one on a line. Bring it back into that shape and try again; nothing was written.',
  );
}

function insert(block: string, added: string): string {
  const lines = block.split('\n').filter((line) => line !== '');
  const after = lines.findIndex((line) => messageOf(line) > messageOf(added));
  lines.splice(after === -1 ? lines.length : after, 0, added);
  return lines.map((line) => `${line}\n`).join('');
}

/** The message that a line of the list is about: `from './x/message.ts'`, `'x': …`, `x,`. */
function messageOf(line: string): string {
  return /'(?:\.\/)?([^'/]+)/.exec(line)?.[1] ?? line.replaceAll(/[ ,]/g, '');
}
