// Rules for story files, in words for people who write journeys and not for people who know the engine.
// A story is replayed from its history after every restart, so it must do the same again each time:
// no clock of its own, no chance, nothing from outside but what its verbs bring in.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const waitingVerbs = ['sleep', 'sleepUntil', 'idleFor', 'waitFor', 'collect', 'send', 'ask'];

/** What a story must not touch, and what to write instead. */
const forbiddenCalls = {
  'Date.now':
    'Write now() instead: it gives the instant at which the story was due, the same in every replay.',
  Date: 'Write now() instead: it gives the instant at which the story was due, the same in every replay.',
  'performance.now': 'Write now() instead: it gives the instant at which the story was due.',
  'Math.random':
    "Write choose('experiment-name', { a: 50, b: 50 }) instead: it gives each customer the same variant every time.",
  setTimeout: "Write await sleep('4 hours') instead: it also survives a restart.",
  setInterval: 'Write a loop with await sleep(…) instead: it also survives a restart.',
  setImmediate: 'A story goes on by itself: take it out.',
  fetch: 'Let the message load what it needs, or ask a question of the database.',
  require: 'A story imports only ../journey.ts, files beside it and types.',
};
const forbiddenObjects = {
  process: 'Put settings into perennial.config.ts, where messages can read them.',
  crypto: "Write choose('experiment-name', { a: 50, b: 50 }) for chance; ids are made for you.",
};

const rule = (create) => ({ meta: { type: 'problem' }, create });

const noOutside = rule((context) => {
  const report = (node, name, sentence) =>
    context.report({ node, message: `A story cannot use ${name}. ${sentence}` });
  return {
    CallExpression(node) {
      const name = nameOf(node.callee);
      if (name in forbiddenCalls) report(node, `${name}()`, forbiddenCalls[name]);
    },
    NewExpression(node) {
      if (nameOf(node.callee) === 'Date' && node.arguments.length === 0) {
        report(node, 'new Date()', forbiddenCalls.Date);
      }
    },
    MemberExpression(node) {
      const name = node.object.type === 'Identifier' ? node.object.name : '';
      if (name in forbiddenObjects) report(node, name, forbiddenObjects[name]);
    },
  };
});

const imports = rule((context) => {
  function check(node, isType) {
    const specifier = node.source?.value;
    if (typeof specifier !== 'string' || isType) return;
    if (specifier === '../journey.ts' || /^\.\/[^/]+\.ts$/.test(specifier)) return;
    context.report({ node, message: `${whatIsImported(specifier)} ${whatToImport}` });
  }
  return {
    ImportDeclaration: (node) => check(node, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => check(node, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => check(node, node.exportKind === 'type'),
    ImportExpression: (node) => check(node, false),
  };
});

const whatToImport =
  'A story imports only ../journey.ts, files beside it and types (import type). What a message needs, its own loader brings; what the story needs, it asks for with ask(…).';

function whatIsImported(specifier) {
  if (specifier.startsWith('node:') || nodeModules.has(specifier)) {
    return `"${specifier}" belongs to Node, and a story does not run there.`;
  }
  if (specifier.startsWith('.')) return `"${specifier}" is not beside this file.`;
  return `"${specifier}" is a package, and a story runs without packages.`;
}

const nodeModules = new Set([
  'fs',
  'path',
  'os',
  'http',
  'https',
  'crypto',
  'child_process',
  'util',
  'url',
  'events',
]);

const awaitVerbs = rule((context) => {
  const story = trackStory();
  return {
    ...story.visitor,
    CallExpression(node) {
      story.visitor.CallExpression(node);
      const verb = story.verbOf(node);
      if (waitingVerbs.includes(verb) && !isWaitedFor(node)) {
        context.report({
          node,
          message: `${verb}(…) takes time, and without await the story does not wait for it. Write await ${verb}(…); for several at once, await Promise.all([…]).`,
        });
      }
      if (verb === 'exit' && node.parent.type === 'ExpressionStatement') {
        context.report({ node, message: 'exit(…) ends the story: write return exit(…).' });
      }
    },
  };
});

/** Handed on to somebody who waits: awaited, returned, or an element of Promise.all([…]). */
function isWaitedFor(node) {
  const { parent } = node;
  if (parent.type === 'ConditionalExpression' || parent.type === 'LogicalExpression')
    return isWaitedFor(parent);
  if (parent.type === 'ArrowFunctionExpression') return parent.body === node;
  if (parent.type === 'CallExpression') return parent.arguments.includes(node);
  return ['AwaitExpression', 'ReturnStatement', 'ArrayExpression'].includes(parent.type);
}

const declaredEvents = rule((context) => {
  const story = trackStory();
  return {
    ...story.visitor,
    CallExpression(node) {
      story.visitor.CallExpression(node);
      const verb = story.verbOf(node);
      if (verb !== 'waitFor' && verb !== 'collect') return;
      const event = textOf(node.arguments[0]);
      const declared = story.wakesOn();
      if (event === undefined || declared === undefined || declared.includes(event)) return;
      context.report({
        node: node.arguments[0],
        message: `The story waits for "${event}", but the journey does not say that it wakes on it, so it would never hear of it. Add it to wakesOn: [${[...declared, event].map((name) => `'${name}'`).join(', ')}].`,
      });
    },
  };
});

const knownMessages = rule((context) => {
  const story = trackStory();
  const messages = messagesIn(join(context.cwd, 'templates'));
  return {
    ...story.visitor,
    CallExpression(node) {
      story.visitor.CallExpression(node);
      const name = story.verbOf(node) === 'send' ? textOf(node.arguments[0]) : undefined;
      if (name === undefined || messages.length === 0 || messages.includes(name)) return;
      context.report({
        node: node.arguments[0],
        message: `There is no message "${name}". Write one in templates/${name}/, or send one of these: ${messages.join(', ')}.`,
      });
    },
  };
});

function messagesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'message.ts')));
}

/** Where a verb takes a duration. */
const durationArguments = { sleep: 0, idleFor: 0, waitFor: 1 };
const durationFields = ['startsAfter', 'maximumAge', 'for', 'after'];

const durations = rule((context) => {
  const story = trackStory();
  function check(node) {
    const text = textOf(node);
    if (text === undefined || /^0*[1-9]\d{0,5} (second|minute|hour|day|week)s?$/.test(text)) return;
    context.report({
      node,
      message: `"${text}" is not a duration. Write a whole number and one of seconds, minutes, hours, days, weeks, such as '4 hours'.`,
    });
  }
  return {
    ...story.visitor,
    CallExpression(node) {
      story.visitor.CallExpression(node);
      const position = durationArguments[story.verbOf(node)];
      if (position !== undefined && node.arguments[position]) check(node.arguments[position]);
    },
    Property(node) {
      if (durationFields.includes(node.key.name)) check(node.value);
    },
  };
});

/** Knows, while the file is read from top to bottom, which names are the verbs of the story at hand. */
function trackStory() {
  let verbs = new Map();
  let wakesOn;

  function enter(node) {
    if (nameOf(node.callee) !== 'defineJourney') return;
    const [definition, story] = node.arguments;
    verbs = verbsOf(story?.params?.[1]);
    wakesOn = listOf(definition, 'wakesOn');
  }

  return {
    visitor: { CallExpression: enter },
    verbOf: (call) => verbs.get(nameOf(call.callee)),
    wakesOn: () => wakesOn,
  };
}

/** `{ send, exit: end }` or `verbs`: by the name used in the story, the verb. */
function verbsOf(parameter) {
  if (parameter?.type === 'ObjectPattern') {
    const named = parameter.properties.filter((property) => property.type === 'Property');
    return new Map(named.map((property) => [property.value.name, property.key.name]));
  }
  if (parameter?.type !== 'Identifier') return new Map();
  return new Map([...waitingVerbs, 'exit'].map((verb) => [`${parameter.name}.${verb}`, verb]));
}

/** The texts of a list in the definition; undefined when it is not written out, for then the types alone can tell. */
function listOf(definition, field) {
  if (definition?.type !== 'ObjectExpression') return undefined;
  if (definition.properties.some((property) => property.type === 'SpreadElement')) return undefined;
  const value = definition.properties.find((property) => property.key.name === field)?.value;
  if (value === undefined) return [];
  const texts = value.type === 'ArrayExpression' ? value.elements.map(textOf) : [undefined];
  return texts.includes(undefined) ? undefined : texts;
}

/** `send`, `verbs.send`, `Date.now`: the name by which something is called. */
function nameOf(node) {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression' && !node.computed) {
    return `${nameOf(node.object)}.${node.property.name}`;
  }
  return '';
}

function textOf(node) {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

export default {
  meta: { name: 'stories' },
  rules: {
    'no-outside': noOutside,
    imports,
    'await-verbs': awaitVerbs,
    'declared-events': declaredEvents,
    'known-messages': knownMessages,
    durations,
  },
};
