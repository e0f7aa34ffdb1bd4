import { ambiguous, rejected, throttled, type Acceptance } from '../channel.ts';

const minute = 60_000;

/**
 * What a failed SMTP conversation means (RFC 5321 4.2): an answer to the message is proof, 5xx for good and 4xx for now.
 * Without an answer, the message was not accepted if none of it had left, and may have been if some had.
 *
 * An answer to `MAIL FROM` is about the shop, which may not send as that, or not before it logs in: it is the shop's to
 * mend, and no message is lost meanwhile. `RCPT TO` and `DATA` are about the message.
 *
 * Only codes are kept: servers repeat addresses in their sentences.
 */
export function acceptanceOfSmtpError(error: unknown, bytesLeft: boolean): Acceptance {
  const { code, status, reply, command } = detailsOf(error);
  const isAboutTheMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutTheMessage && status === undefined) return rejected(code, true);
  if (isAboutTheMessage && status !== undefined) {
    return status >= 500 ? rejected(reply, command !== 'MAIL FROM') : throttled(minute, reply);
  }
  if (bytesLeft) return ambiguous(code);
  // A refused login is the shop's to mend; until then nothing gets through, and nothing is lost.
  return throttled(code === 'EAUTH' ? 5 * minute : minute / 2, status === undefined ? code : reply);
}

interface SmtpFailure {
  readonly code: string;
  readonly status: number | undefined;
  /** `550 5.1.1` */
  readonly reply: string;
  /** What was answered, such as `RCPT TO`. */
  readonly command: string | undefined;
}

function detailsOf(error: unknown): SmtpFailure {
  if (!(error instanceof Error)) {
    return { code: 'unexpected', status: undefined, reply: 'unexpected', command: undefined };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const status =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined;
  const response = 'response' in error && typeof error.response === 'string' ? error.response : '';
  const reply = /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response)?.[0].replace('-', ' ');
  const command = 'command' in error && typeof error.command === 'string' ? error.command : undefined;
  return { code, status, command, reply: reply ?? (status === undefined ? code : String(status)) };
}
