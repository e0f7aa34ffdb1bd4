/** What Handlebars makes of a template, told apart: its own types do not say which kind of statement has which fields. */

export function isMustache(node: hbs.AST.Statement): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}

export function isBlock(node: hbs.AST.Statement): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}

export function isPath(node: hbs.AST.Expression): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

export function isSubExpression(node: hbs.AST.Expression): node is hbs.AST.SubExpression {
  return node.type === 'SubExpression';
}

/** What is called with words: `{{money price}}`, `{{#each lines}}`, `(plural count)`. */
export type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;

/** The `name=value` of a call. Handlebars leaves the hash out where there is none, whatever its types say. */
export function pairsOf(call: Call): readonly hbs.AST.HashPair[] {
  return (call.hash as hbs.AST.Hash | undefined)?.pairs ?? [];
}
