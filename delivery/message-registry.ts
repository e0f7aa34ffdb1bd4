import type { LoadContext, Loaded, MessageDefinition } from '../domain/message.ts';

/** A message whose input and data are not known by name. `load` is declared as a method so that typed messages fit in. */
export interface RegisteredMessage extends Omit<MessageDefinition, 'load' | 'sample'> {
  load(input: unknown, context: LoadContext): Promise<Loaded<unknown>>;
}

/** Messages by name, such as `messages` of `templates/index.ts`. */
export type MessageRegistry = Readonly<Record<string, RegisteredMessage>>;

export function findMessage(messages: MessageRegistry, name: string): RegisteredMessage | undefined {
  return Object.hasOwn(messages, name) ? messages[name] : undefined;
}
