import Handlebars from 'handlebars';
import type { Composed } from '../compose.ts';
import { fault, type Fault } from '../fault.ts';
import { templateHelpers } from '../helpers/index.ts';
import type { ArgumentKind, TemplateHelper } from '../helpers/template-helper.ts';
import { offsetOf } from '../source-place.ts';
import { isBlock, isMustache, isPath, isSubExpression, pairsOf, type Call } from '../statements.ts';
import type { Rule } from '../template-error.ts';
import { aOrAn, fits, isMoney, wanted } from './argument-kinds.ts';
import { nearestName } from './nearest-name.ts';
import { resolvePath, type Level, type Resolved, type Scope } from './scope.ts';
import type { Shape, ShapeOf } from './shape.ts';

/**
 * Holds every expression of a template against the schema of its data: does the variable exist here, may it be absent,
 * can it be printed, does the helper take it? What this lets through cannot fail at a customer's for want of a variable.
 */
export function checkVariables(composed: Composed, root: ShapeOf<'object'>): Fault[] {
  const faults: Fault[] = [];
  const report: Report = (rule, node, sentence) => {
    const offset = offsetOf(composed.text, node.loc.start.line, node.loc.start.column);
    faults.push(fault(rule, composed.placeOf(offset), sentence));
  };
  const top: Level = { shape: root, path: '', inEach: false, names: new Map() };
  checkProgram(Handlebars.parse(composed.text), { levels: [top], present: new Set() }, report);
  return faults;
}

type Report = (rule: Rule, node: hbs.AST.Node, sentence: string) => void;

function checkProgram(program: hbs.AST.Program | undefined, scope: Scope, report: Report): void {
  for (const statement of program?.body ?? []) {
    if (isMustache(statement)) checkMustache(statement, scope, report);
    else if (isBlock(statement)) checkBlock(statement, scope, report);
    else if (!silent.has(statement.type)) {
      report(
        'syntax',
        statement,
        'Decorators ({{* …}}) are not used here. Write the words out, or add a helper.',
      );
    }
  }
}

const silent = new Set(['ContentStatement', 'CommentStatement']);

function checkMustache(statement: hbs.AST.MustacheStatement, scope: Scope, report: Report): void {
  const words = originalOf(statement.path);
  if (!statement.escaped) {
    report(
      'unescaped',
      statement,
      `{{{${words}}}} would print the customer's data as HTML. Write {{${words}}}.`,
    );
  }
  const shape =
    isCall(statement) || isHelper(words)
      ? checkCall(statement, scope, report)
      : shapeAt(statement.path, scope, report);
  if (shape !== undefined && !isPrintable(shape)) {
    report('wrong-type', statement, `{{${words}}} ${cannotPrint(shape)}`);
  }
}

function isPrintable(shape: Shape): boolean {
  return shape.kind === 'text' || shape.kind === 'number';
}

function cannotPrint(shape: Shape): string {
  if (shape.kind === 'list') return 'is a list. Go through it with {{#each …}}.';
  if (shape.kind === 'boolean') return 'is yes or no. Use it in {{#if …}}.';
  if (isMoney(shape)) return 'is an amount of money. Write {{money …}}.';
  if (shape.kind === 'object') return 'is an object. Print one of its fields.';
  return 'may be of several kinds. Give it one kind in the data schema.';
}

function checkBlock(block: hbs.AST.BlockStatement, scope: Scope, report: Report): void {
  const name = originalOf(block.path);
  const [subject] = block.params;
  if (!blocks.has(name) || subject === undefined || block.params.length > 1) {
    report('unknown-helper', block, unknownBlock(name));
    checkProgram(block.program, scope, () => {});
    return;
  }
  const found = subjectOf(subject, scope, report);
  const inside = insideOf(name, block, found, scope, report);
  if (inside !== undefined) checkProgram(block.program, inside, report);
  checkProgram(block.inverse, name === 'unless' ? withPresent(scope, found) : scope, report);
}

const blocks = new Set(['if', 'unless', 'each', 'with']);

function unknownBlock(name: string): string {
  return blocks.has(name)
    ? `{{#${name}}} takes exactly one variable.`
    : `There is no {{#${name}}}. Blocks are {{#if}}, {{#unless}}, {{#each}} and {{#with}}; for a variable write {{#if ${name}}}.`;
}

/** What a block is about. It may be absent, for that is what blocks are for; but what leads to it may not. */
function subjectOf(subject: hbs.AST.Expression, scope: Scope, report: Report): Resolved | undefined {
  if (!isPath(subject)) {
    const shape = shapeAt(subject, scope, report);
    return shape === undefined ? undefined : { shape, path: '' };
  }
  const found = resolvePath(subject, scope);
  if ('rule' in found) {
    report(found.rule, subject, found.sentence);
    return undefined;
  }
  if (found.maybeMissing !== undefined && found.maybeMissing !== found.path) {
    report('unguarded-optional', subject, unguarded(found.maybeMissing));
    return undefined;
  }
  return found;
}

function insideOf(
  name: string,
  block: hbs.AST.BlockStatement,
  found: Resolved | undefined,
  scope: Scope,
  report: Report,
): Scope | undefined {
  // What stands for nothing has been reported; what its block says about it cannot be judged.
  if (found === undefined && (name === 'each' || name === 'with')) return undefined;
  if (name === 'if') return withPresent(scope, found);
  if (name === 'unless' || found === undefined) return scope;
  if (name === 'each') return insideEach(block, found, scope, report);
  if (found.shape.kind !== 'object') {
    report(
      'wrong-type',
      block,
      `{{#with ${found.path}}} needs an object, and this is ${aOrAn(found.shape)}.`,
    );
    return undefined;
  }
  return downTo(scope, {
    shape: found.shape,
    path: found.path,
    inEach: false,
    names: parametersOf(block, [found]),
  });
}

function insideEach(
  block: hbs.AST.BlockStatement,
  found: Resolved,
  scope: Scope,
  report: Report,
): Scope | undefined {
  if (found.shape.kind !== 'list') {
    report(
      'wrong-type',
      block,
      `{{#each ${found.path}}} needs a list, and this is ${aOrAn(found.shape)}. Use {{#with}} for an object.`,
    );
    return undefined;
  }
  const item = { shape: found.shape.item, path: `${found.path}[]` };
  const index = { shape: { kind: 'number' } as const, path: '@index' };
  return downTo(scope, { ...item, inEach: true, names: parametersOf(block, [item, index]) });
}

function parametersOf(block: hbs.AST.BlockStatement, values: readonly Resolved[]): Level['names'] {
  // Handlebars leaves the list out where there are none, whatever its types say.
  const names = (block.program.blockParams as string[] | undefined) ?? [];
  return new Map(
    values.flatMap((value, index) => (names[index] === undefined ? [] : [[names[index], value]])),
  );
}

function downTo(scope: Scope, level: Level): Scope {
  return { ...scope, levels: [...scope.levels, level] };
}

function withPresent(scope: Scope, found: Resolved | undefined): Scope {
  return found === undefined ? scope : { ...scope, present: new Set([...scope.present, found.path]) };
}

/** What an expression stands for; reports it and gives nothing when it stands for nothing, or maybe for nothing. */
function shapeAt(node: hbs.AST.Expression, scope: Scope, report: Report): Shape | undefined {
  if (node.type === 'StringLiteral' && 'value' in node) return literalShape(String(node.value));
  if (node.type === 'NumberLiteral') return { kind: 'number' };
  if (isSubExpression(node)) return checkCall(node, scope, report);
  if (!isPath(node)) return { kind: 'unknown' };
  const found = resolvePath(node, scope);
  if ('rule' in found) {
    report(found.rule, node, found.sentence);
    return undefined;
  }
  if (found.maybeMissing !== undefined) {
    report('unguarded-optional', node, unguarded(found.maybeMissing));
    return undefined;
  }
  return found.shape;
}

function literalShape(text: string): Shape {
  return text.startsWith('https://')
    ? { kind: 'text', longest: text.length, link: 'https' }
    : { kind: 'text', longest: text.length };
}

function unguarded(path: string): string {
  return `"${path}" may be absent. Put {{#if ${path.split('.').at(-1) ?? path}}}…{{/if}} around it, or give a default: (or ${path} …).`;
}

function checkCall(call: Call, scope: Scope, report: Report): Shape | undefined {
  const name = originalOf(call.path);
  const helper = isHelper(name) ? templateHelpers[name] : undefined;
  if (helper === undefined) {
    const known = Object.keys(templateHelpers);
    const like = nearestName(name, known);
    const advice = like === undefined ? `There are ${known.join(', ')}.` : `Did you mean "${like}"?`;
    report('unknown-helper', call, `There is no helper "${name}". ${advice}`);
    return undefined;
  }
  for (const { value } of pairsOf(call)) shapeAt(value, scope, report);
  return name === 'or' ? checkOr(call, scope, report) : checkArguments(name, helper, call, scope, report);
}

function checkArguments(
  name: string,
  helper: TemplateHelper,
  call: Call,
  scope: Scope,
  report: Report,
): Shape | undefined {
  const named = pairsOf(call).map(({ key }) => key);
  const lacks = (helper.named ?? []).filter((key) => !named.includes(key));
  if (call.params.length !== helper.takes.length || lacks.length > 0) {
    report('wrong-arguments', call, `${name} is used as ${helper.example}.`);
    return undefined;
  }
  const links = call.params.map((param, index) => {
    const shape = shapeAt(param, scope, report);
    const kind = helper.takes[index] ?? 'anything';
    if (shape !== undefined) checkArgument(name, helper, kind, shape, param, report);
    return shape;
  });
  const [first] = links;
  return name === 'url' && first?.kind === 'text' ? first : { kind: 'text', longest: 0 };
}

function checkArgument(
  name: string,
  helper: TemplateHelper,
  kind: ArgumentKind,
  shape: Shape,
  param: hbs.AST.Expression,
  report: Report,
): void {
  if (!fits(kind, shape)) {
    report(
      'wrong-arguments',
      param,
      `${name} needs ${wanted[kind]} here, and this is ${aOrAn(shape)}. It is used as ${helper.example}.`,
    );
  } else if (kind === 'link' && shape.kind === 'text' && shape.link !== 'https') {
    report(
      'unsafe-link',
      param,
      'This may be any text, and a link must be https: with "javascript:" a click would run a stranger\'s code. Declare the field as httpsUrl (domain/events/fields.ts) in the data schema.',
    );
  }
}

/** `(or a b)`: the first may be absent, the second may not; it is a safe link only when both are. */
function checkOr(call: Call, scope: Scope, report: Report): Shape | undefined {
  const [first, second, ...others] = call.params;
  if (first === undefined || second === undefined || others.length > 0) {
    report('wrong-arguments', call, `or is used as ${templateHelpers['or']?.example ?? ''}.`);
    return undefined;
  }
  const preferred = subjectOf(first, scope, report)?.shape;
  const fallback = shapeAt(second, scope, report);
  if (preferred === undefined || fallback === undefined) return undefined;
  if (!isPrintable(preferred) || !isPrintable(fallback)) {
    report('wrong-type', call, 'or chooses between texts or numbers. Use {{#if}} for anything else.');
    return undefined;
  }
  const bothLinks = [preferred, fallback].every((shape) => shape.kind === 'text' && shape.link === 'https');
  return { kind: 'text', longest: 0, ...(bothLinks ? { link: 'https' } : {}) };
}

function isHelper(name: string): boolean {
  return Object.hasOwn(templateHelpers, name);
}

function isCall(statement: hbs.AST.MustacheStatement): boolean {
  return statement.params.length > 0 || pairsOf(statement).length > 0;
}

function originalOf(node: hbs.AST.Expression): string {
  return 'original' in node ? String(node.original) : '';
}
