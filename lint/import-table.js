// The import table of the architecture: which folder may import which. Anything not listed is refused.
// `types:` folders may be imported for their types only.

/** @type {Record<string, { may: string[], types?: string[] }>} */
const table = {
  domain: { may: [] },
  // Apart from the rest of domain/: date-holidays is slow and large, and a story's history must not hang on ICU's data.
  'domain/calendar': { may: ['domain'] },
  // Reckons from facts that are passed in: no database, no clock.
  insight: { may: ['domain'] },
  workflows: { may: ['domain'], types: ['activities', 'templates'] },
  activities: { may: ['domain', 'domain/calendar', 'delivery', 'store'] },
  'delivery/policy': { may: ['domain'] },
  'delivery/channels': { may: ['domain'] },
  'delivery/rendering': { may: ['domain', 'templates'] },
  'delivery/ledger': { may: ['domain', 'store', 'delivery/policy', 'delivery/channels'] },
  delivery: {
    may: [
      'domain',
      'templates',
      'store',
      'delivery/policy',
      'delivery/channels',
      'delivery/rendering',
      'delivery/ledger',
    ],
  },
  templates: { may: ['domain'], types: ['store'] },
  intake: { may: ['domain', 'domain/calendar', 'store'] },
  dispatch: { may: ['domain', 'domain/calendar', 'store', 'intake'], types: ['delivery/channels'] },
  store: { may: ['domain', 'domain/calendar', 'insight'] },
  client: { may: ['domain', 'domain/calendar', 'insight', 'intake', 'store'], types: ['workflows'] },
  metrics: {
    may: ['domain', 'store', 'client'],
    types: ['delivery', 'delivery/channels', 'delivery/ledger'],
  },
  http: { may: ['domain', 'client', 'delivery/channels'] },
  engine: { may: ['domain', 'config'] },
  config: { may: ['domain'] },
};

/** Composition roots and mirrors may import everything. */
const free = ['cli', 'simulation', 'tests', 'bench', 'examples', 'docs', 'lint', 'bin'];

const places = Object.keys(table).sort((a, b) => b.length - a.length);

/** The most specific place of the table that holds a file. @param {string} path */
function placeOf(path) {
  return places.find((place) => path === place || path.startsWith(`${place}/`));
}

/** @param {string} from @param {string} specifier */
function resolve(from, specifier) {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const importTable = {
  meta: { type: 'problem' },
  create(context) {
    const root = `${context.cwd.replaceAll('\\', '/')}/`;
    const file = context.filename.replaceAll('\\', '/');
    const path = file.startsWith(root) ? file.slice(root.length) : file;
    const home = free.includes(path.split('/')[0] ?? '') ? undefined : placeOf(path);
    if (home === undefined) return {};
    const { may, types = [] } = table[home];

    function check(node, isType) {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const target = placeOf(resolve(path, specifier));
      if (target === home) return;
      if (target !== undefined && (may.includes(target) || (isType && types.includes(target)))) return;
      const allowed =
        [...may, ...types.map((place) => `${place} (types only)`)].join(', ') || 'nothing of ours';
      context.report({
        node,
        message: `${home}/ may not import ${target ?? resolve(path, specifier)}. It may import: ${allowed}. Move the code, or pass what it needs in from a composition root.`,
      });
    }

    return {
      ImportDeclaration: (node) => check(node, node.importKind === 'type'),
      ExportNamedDeclaration: (node) => check(node, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node, node.exportKind === 'type'),
    };
  },
};

export default { meta: { name: 'perennial' }, rules: { 'import-table': importTable } };
