/** What the law of the recipient's place wants to see in every advertisement, whatever the language of its words. */
export interface RequiredWording {
  /** The rule and its version, such as `KR 2026-10-31`; kept on the ledger row. */
  readonly rule: string;
  /** The very first characters of a subject and of a text message, exactly as the law writes them. */
  readonly label: string;
  /** Finds labels that look alike and are forbidden: code writes the right one. */
  readonly forbiddenLabels: readonly RegExp[];
  /** Stands right before the number or link by which a text message is refused free of charge. */
  readonly refusal: string;
  /** The foot of a mail: words around the shop's own data. */
  readonly mail: {
    readonly language: string;
    /** Before the unsubscribe link; in the language of the law and in English. */
    readonly unsubscribe: readonly {
      readonly before: string;
      readonly link: string;
      readonly after: string;
    }[];
    readonly phone: string;
    readonly email: string;
  };
  /** Where the rule is written. */
  readonly source: string;
}

/** An approved WhatsApp text cannot be changed when it is sent, so it must hold this from the start. */
export function holdsWording(text: string, { label, refusal }: RequiredWording): boolean {
  return text.startsWith(label) && text.includes(refusal);
}
