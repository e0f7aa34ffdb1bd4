/** What the shell is told. */
export const exitCode = {
  success: 0,
  /** It was tried and did not work, or something was found wrong. */
  failure: 1,
  /** The command was typed wrongly. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
