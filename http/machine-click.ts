import type { Instant } from '../domain/instant.ts';

/** Nobody reads a message and follows its link within this time after it was written; scanners on its way do. */
const fastestReaderMs = 10_000;

/** Scanners of mail and makers of previews that say who they are; whoever names itself a program is one. */
const programs =
  /bot\b|crawl|spider|scan|preview|fetch|monitor|headless|proofpoint|barracuda|mimecast|safelinks|symantec|facebookexternalhit|kakaotalk-scrap|whatsapp\/|^(curl|wget|python|go-http|java|okhttp|axios|node|ruby|php)/i;

export interface Visit {
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly at: Instant;
  /** When the message with the link was written. */
  readonly writtenAt: Instant;
}

/**
 * Did a program follow the link, and no person? Kept simple on purpose: a program that asks for the head only, that
 * fetches ahead, that names itself, that names nothing, or that is faster than anybody reads. A scanner that pretends to
 * be a browser and waits is counted as a person.
 */
export function isMachineClick({ method, headers, at, writtenAt }: Visit): boolean {
  const agent = headers['user-agent'];
  return (
    method !== 'GET' ||
    [headers['purpose'], headers['sec-purpose'], headers['x-moz'], headers['x-purpose']].some((purpose) =>
      /prefetch|preview|prerender/i.test(String(purpose)),
    ) ||
    typeof agent !== 'string' ||
    agent === '' ||
    programs.test(agent) ||
    at - writtenAt < fastestReaderMs
  );
}
