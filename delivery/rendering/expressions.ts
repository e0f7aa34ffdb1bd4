import Handlebars from 'handlebars';
import { isBlock, isMustache, isSubExpression, pairsOf, type Call } from './statements.ts';

/** One `{{…}}` of a template and where it begins. */
export interface Expression {
  /** Its words without spaces at the ends, such as `money price` or `#each lines`. */
  readonly words: string;
  readonly line: number;
  readonly column: number;
}

/** Every expression of a template that prints something or decides, in order; for the check that none is lost. */
export function expressionsOf(template: string): Expression[] {
  const found: Expression[] = [];
  walk(Handlebars.parseWithoutProcessing(template), found);
  return found;
}

function walk(program: hbs.AST.Program | undefined, found: Expression[]): void {
  for (const statement of program?.body ?? []) {
    if (isMustache(statement)) found.push(expression('', statement));
    if (!isBlock(statement)) continue;
    found.push(expression('#', statement));
    walk(statement.program, found);
    walk(statement.inverse, found);
  }
}

function expression(mark: string, call: Call): Expression {
  const words = [call.path, ...call.params].map(wordsOf);
  const pairs = pairsOf(call).map(({ key, value }) => `${key}=${wordsOf(value)}`);
  const { line, column } = call.loc.start;
  return { words: `${mark}${[...words, ...pairs].join(' ')}`, line, column };
}

function wordsOf(node: hbs.AST.Expression): string {
  if (isSubExpression(node)) return `(${[node.path, ...node.params].map(wordsOf).join(' ')})`;
  if (node.type === 'StringLiteral' && 'value' in node) return JSON.stringify(node.value);
  return 'original' in node ? String(node.original) : node.type;
}
