/** A message in one language for one channel, ready to leave. */
export type RenderedMessage = RenderedEmail | RenderedSms;

export interface RenderedEmail {
  readonly channel: 'email';
  readonly language: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export interface RenderedSms {
  readonly channel: 'sms';
  readonly language: string;
  readonly text: string;
  readonly segments: number;
}
