/** What a helper is told about the message it works in. */
export interface HelperContext {
  /** The locale of numbers and dates, such as `en-GB`. */
  readonly locale: string;
  /** The customer's time zone, such as `Asia/Seoul`. */
  readonly timeZone: string;
  /** The named arguments: `{{plural more one="1 item" other="# items"}}`. */
  readonly named: Readonly<Record<string, unknown>>;
  /** The link that stands for a link in this message; without it, the link itself. */
  readonly follow?: (url: string) => string;
}

/** What an argument must be, in the words of the checker. */
export type ArgumentKind = 'text' | 'number' | 'money' | 'instant' | 'link' | 'anything';

/** A helper that templates may call. The checker holds every call against `takes` and `named`. */
export interface TemplateHelper {
  /** Kinds of the arguments, in order. All are needed. */
  readonly takes: readonly ArgumentKind[];
  /** Named arguments that it needs. */
  readonly named?: readonly string[];
  /** One use of it, for the message about a wrong one. */
  readonly example: string;
  /** True when an argument that may be missing is what the helper is for. */
  readonly takesMissing?: boolean;
  /** Pure. Throws with a sentence when an argument is of the wrong kind; the text it gives is escaped like any other. */
  readonly run: (values: readonly unknown[], context: HelperContext) => string;
}
