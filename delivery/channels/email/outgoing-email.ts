import type { RenderedEmail } from '../../../domain/rendered-message.ts';
import type { Outgoing } from '../channel.ts';

export type OutgoingEmail = Outgoing & { readonly content: RenderedEmail };

export function isEmail(outgoing: Outgoing): outgoing is OutgoingEmail {
  return outgoing.content.channel === 'email';
}
