import Handlebars from 'handlebars';
import { offsetOf, placeAt, type SourcePlace } from './source-place.ts';
import { isBlock } from './statements.ts';
import { TemplateError } from './template-error.ts';
import type { TemplateFiles } from './template-files.ts';

/**
 * Partials and layouts are pasted in before anything is compiled, so that MJML sees one document and no partial costs
 * anything per message. `{{> footer}}` pastes a file; `{{#> letter}}…{{/letter}}` pastes a layout around its words,
 * which go where the layout says `{{> @partial-block}}`.
 *
 * A name is looked for beside the message (`cart-reminder/ko/footer.hbs`), then among the partials of the language
 * (`partials/ko/`), then among `partials/` and `layouts/`. Each pasted piece remembers where it came from, so that every
 * finding names the line that a person would edit.
 */
export interface Composed {
  readonly text: string;
  /** Where the character at `offset` was written. */
  readonly placeOf: (offset: number) => SourcePlace;
  /** The pieces that it is made of, in order, each with its file. */
  readonly pieces: readonly { readonly file: string; readonly text: string }[];
}

interface Piece {
  readonly file: string;
  /** Where the piece begins in its file. */
  readonly from: number;
  readonly text: string;
}

export function compose(files: TemplateFiles, file: string): Composed {
  const source = sourceOf(files, file);
  const pieces = expand(files, { file, from: 0, text: source }, undefined, []);
  return {
    text: pieces.map((piece) => piece.text).join(''),
    placeOf: (offset) => placeIn(files, pieces, offset),
    pieces,
  };
}

interface Paste {
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly Piece[];
}

/** `block` is what `{{> @partial-block}}` stands for in a layout. `within` are the files being pasted, to refuse circles. */
function expand(
  files: TemplateFiles,
  piece: Piece,
  block: readonly Piece[] | undefined,
  within: readonly string[],
): readonly Piece[] {
  const pastes = partialsOf(files, piece).map((partial) => pasteOf(files, piece, partial, block, within));
  const result: Piece[] = [];
  let at = 0;
  for (const paste of pastes.sort((a, b) => a.start - b.start)) {
    result.push(slice(piece, at, paste.start), ...paste.pieces);
    at = paste.end;
  }
  return [...result, slice(piece, at, piece.text.length)].filter(({ text }) => text !== '');
}

function slice(piece: Piece, start: number, end: number): Piece {
  return { file: piece.file, from: piece.from + start, text: piece.text.slice(start, end) };
}

type Partial = hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement;

function pasteOf(
  files: TemplateFiles,
  piece: Piece,
  partial: Partial,
  block: readonly Piece[] | undefined,
  within: readonly string[],
): Paste {
  const [start, end] = rangeOf(piece.text, partial);
  const place = placeAt(piece.file, sourceOf(files, piece.file), piece.from + start);
  const name = nameOf(partial, place);
  if (name === '@partial-block') return { start, end, pieces: blockOf(block, place) };
  const file = findPartial(files, piece.file, within[0] ?? piece.file, name, place);
  if ([...within, piece.file].includes(file)) {
    throw new TemplateError(
      'unknown-partial',
      place,
      `{{> ${name}}} pastes itself in without end. Take one of the two out.`,
    );
  }
  const inner =
    partial.type === 'PartialBlockStatement'
      ? expand(files, wordsOf(piece, partial), block, [...within, piece.file])
      : undefined;
  // A file ends with a line feed that nobody means to paste.
  const pasted = { file, from: 0, text: sourceOf(files, file).trimEnd() };
  return { start, end, pieces: expand(files, pasted, inner, [...within, piece.file]) };
}

function blockOf(block: readonly Piece[] | undefined, place: SourcePlace): readonly Piece[] {
  if (block !== undefined) return block;
  throw new TemplateError(
    'unknown-partial',
    place,
    '{{> @partial-block}} belongs into a layout, which is used as {{#> letter}}…{{/letter}}.',
  );
}

/** The words between `{{#> letter}}` and `{{/letter}}`. */
function wordsOf(piece: Piece, partial: hbs.AST.PartialBlockStatement): Piece {
  const [start, end] = rangeOf(piece.text, partial);
  const whole = piece.text.slice(start, end);
  const from = start + whole.indexOf('}}') + 2;
  const to = start + whole.lastIndexOf('{{');
  return slice(piece, from, to);
}

function nameOf(partial: Partial, place: SourcePlace): string {
  if (partial.name.type !== 'PathExpression' || !('original' in partial.name)) {
    throw new TemplateError(
      'unknown-partial',
      place,
      'The name of a partial must be written out: {{> footer}}. A name that is computed cannot be checked.',
    );
  }
  const name = partial.name.original;
  if (partial.params.length > 0 || partial.hash !== undefined) {
    throw new TemplateError(
      'wrong-arguments',
      place,
      `{{> ${name}}} takes no arguments: a partial sees the same variables as the place it is pasted into.`,
    );
  }
  return name;
}

function findPartial(
  files: TemplateFiles,
  current: string,
  root: string,
  name: string,
  place: SourcePlace,
): string {
  const [message = '', language = ''] = root.split('/');
  const folders = [`${message}/${language}`, `partials/${language}`, 'partials', 'layouts'];
  const extension = current.endsWith('.hbs') ? ['.hbs'] : ['.mjml', '.hbs'];
  const found = folders
    .flatMap((folder) => extension.map((end) => `${folder}/${name}${end}`))
    .find((path) => files.sources.has(path));
  if (found !== undefined) return found;
  throw new TemplateError(
    'unknown-partial',
    place,
    `There is no partial "${name}". Create partials/${language}/${name}${extension[0] ?? ''}, or use one of: ${partialNames(files, language).join(', ')}.`,
  );
}

function partialNames(files: TemplateFiles, language: string): string[] {
  const shared = new RegExp(`^(?:partials/(?:${language}/)?|layouts/)([^/]+)\\.(?:mjml|hbs)$`);
  return [...files.sources.keys()].flatMap((path) => shared.exec(path)?.[1] ?? []);
}

/** The outermost partials of a piece; those inside a layout's words are found when the words are expanded. */
function partialsOf(files: TemplateFiles, piece: Piece): Partial[] {
  const found: Partial[] = [];
  collect(parse(files, piece).body, found);
  return found;
}

function collect(statements: readonly hbs.AST.Statement[], found: Partial[]): void {
  for (const statement of statements) {
    if (isPartial(statement)) found.push(statement);
    else if (isBlock(statement)) {
      collect(statement.program.body, found);
      // Handlebars leaves out the inverse of a block that has none, whatever its types say.
      collect((statement.inverse as hbs.AST.Program | undefined)?.body ?? [], found);
    }
  }
}

function isPartial(node: hbs.AST.Statement): node is Partial {
  return node.type === 'PartialStatement' || node.type === 'PartialBlockStatement';
}

function parse(files: TemplateFiles, piece: Piece): hbs.AST.Program {
  try {
    return Handlebars.parseWithoutProcessing(piece.text);
  } catch (error) {
    const offset = piece.from + syntaxOffset(piece.text, error);
    throw new TemplateError(
      'syntax',
      placeAt(piece.file, sourceOf(files, piece.file), offset),
      syntaxSentence(error),
    );
  }
}

/** The parser names a line; a block that is not closed also its column. */
function syntaxOffset(text: string, error: unknown): number {
  const [, line = '1', column = '0'] =
    /Parse error on line (\d+)|- (\d+):(\d+)$/.exec(String(error))?.filter((part) => part !== undefined) ??
    [];
  return offsetOf(text, Number(line), Number(column));
}

function syntaxSentence(error: unknown): string {
  const reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : '';
  return `Handlebars cannot read this (${reason.trim()}). Check that every {{#…}} has its {{/…}} and that all braces are closed.`;
}

function rangeOf(text: string, node: hbs.AST.Node): [start: number, end: number] {
  return [
    offsetOf(text, node.loc.start.line, node.loc.start.column),
    offsetOf(text, node.loc.end.line, node.loc.end.column),
  ];
}

function placeIn(files: TemplateFiles, pieces: readonly Piece[], offset: number): SourcePlace {
  let passed = 0;
  for (const piece of pieces) {
    if (offset < passed + piece.text.length || piece === pieces.at(-1)) {
      return placeAt(piece.file, sourceOf(files, piece.file), piece.from + offset - passed);
    }
    passed += piece.text.length;
  }
  return { file: '', line: 1, column: 1 };
}

function sourceOf(files: TemplateFiles, file: string): string {
  const source = files.sources.get(file);
  if (source !== undefined) return source;
  const [, language = 'en'] = file.split('/');
  throw new TemplateError(
    'missing-locale',
    { file, line: 1, column: 1 },
    `The file is missing: every message needs its words in every language of the shop. Copy ${file.replace(`/${language}/`, '/<another language>/')} and translate it, or take "${language}" out of locales.supported in perennial.config.ts.`,
  );
}
