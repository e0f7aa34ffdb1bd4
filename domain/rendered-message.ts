/** A message in one language for one channel, ready to leave. */
export type RenderedMessage = RenderedEmail | RenderedSms | RenderedWhatsApp;

export interface RenderedEmail {
  readonly channel: 'email';
  readonly language: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** By which rule a law's own words were added, with its version; absent where none had to be. */
  readonly wording?: string;
}

export interface RenderedSms {
  readonly channel: 'sms';
  readonly language: string;
  readonly text: string;
  readonly segments: number;
  /** By which rule a law's own words were added, with its version; absent where none had to be. */
  readonly wording?: string;
}

export interface RenderedWhatsApp {
  readonly channel: 'whatsapp';
  readonly language: string;
  /**
   * The provider's id of the approved template, such as Twilio's content SID `HX…`. Absent: the words go as free text,
   * which WhatsApp takes only within 24 hours of the customer's last message to the shop.
   */
  readonly template?: string;
  readonly category: WhatsAppCategory;
  /** What the places of the template are filled with, by their number: `{ "1": "Mina" }`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The whole message as the customer reads it; also what is sent as free text. */
  readonly text: string;
  /** By which rule a law's own words were added, with its version; absent where none had to be. */
  readonly wording?: string;
}

/** Meta's own categories; whatever is mixed counts as marketing. */
export type WhatsAppCategory = 'marketing' | 'utility';
