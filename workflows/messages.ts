import type * as z from 'zod';
import type { SendOutcome } from '../domain/delivery.ts';
import type { Messages } from '../templates/index.ts';

/** The messages that a story can send. */
export type MessageName = keyof Messages;
/** What a story passes to a message: ids only. */
export type MessageInput<Name extends MessageName> = z.infer<Messages[Name]['input']>;
/** What a story learns of a message; one that has to wait has waited by then. */
export type SendResult = Exclude<SendOutcome, { readonly status: 'deferred' }>;
