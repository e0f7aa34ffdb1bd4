/** What became of a notice, in machine words. */
export type NoticeOutcome =
  /** It had its effect, or had had it before. */
  | 'applied'
  /** It changes nothing, such as an event that we do not know. */
  | 'nothing-to-do'
  /** It is of no message of ours, or of one that never went out by that connection: stored, never applied. */
  | 'not-ours'
  /** Somebody wrote whom we do not know. */
  | 'nobody'
  /** It holds what cannot be right, and trying again would not help. */
  | 'unusable';
