import type { FailureClass } from '../receipts.ts';

interface Row {
  readonly class: FailureClass;
  readonly codes: readonly number[];
}

/**
 * What Twilio's codes mean for a message, in answers and in status callbacks alike.
 *
 * Twilio adds codes and asks nobody to program against them
 * (twilio.com/en-us/changelog/updates-to-the-error-code-dictionary-to-clarify-number-validatio), so a code that is not
 * here is final, `unknown`, and counted. Each code has its page at twilio.com/docs/api/errors/<code>; those of 63xxx are
 * WhatsApp's, mapped at twilio.com/docs/whatsapp/api/error-code-mapping. Read on 2026-11-22. Known from use, without a
 * page that was read: 20404, 21408, 21609, 21617, 21635, 21655, 21656, 21703, 30022, 30034, 30036, 30410, 30450, 63007, 63027
 * to 63030, 63040 to 63042, 63051.
 */
const table: readonly Row[] = [
  // Not sent, and welcome later: too many requests, or a sender whose queue is full for ten hours.
  { class: 'throttled', codes: [20429, 21611, 30001, 30022, 63018] },
  // The account, the service, the sender or a country's permission; nothing is wrong with the message.
  {
    class: 'connection',
    codes: [20003, 20404, 21408, 21603, 21606, 21609, 21703, 21705, 30002, 63001, 63007, 63020, 63022, 63051],
  },
  { class: 'opted-out', codes: [21610] },
  { class: 'bad-address', codes: [21211, 21614, 21635, 30005, 30006, 63003, 63024] },
  // The phone was off, or the carrier lost it: class `must` may try once more, much later.
  { class: 'not-delivered', codes: [30003, 30008, 30410, 63012] },
  { class: 'blocked', codes: [21612, 30004, 30007, 30034, 30450, 63013] },
  {
    class: 'content',
    codes: [
      21602, 21617, 21619, 21655, 21656, 63005, 63021, 63025, 63027, 63028, 63029, 63030, 63040, 63041, 63042,
    ],
  },
  // Free text outside the 24 hours after the customer's last message.
  { class: 'window-closed', codes: [63016] },
  // Meta withheld a marketing template; of recipients in the US always, since 2025-04-01.
  { class: 'marketing-limit', codes: [63032, 63049] },
  // The validity period ended in Twilio's queue.
  { class: 'expired', codes: [30036] },
];

const classes: ReadonlyMap<number, FailureClass> = new Map(
  table.flatMap((row) => row.codes.map((code) => [code, row.class] as const)),
);

/** What a code of Twilio means; `unknown` for one that the table does not have. */
export function classOfTwilioCode(code: number): FailureClass {
  return classes.get(code) ?? 'unknown';
}

/** How the ledger keeps a code: with its meaning, such as `21610 opted-out`. */
export function ledgerCodeOf(code: number): string {
  return `${code} ${classOfTwilioCode(code)}`;
}

/** The meaning of a code in the ledger, such as `opted-out`; `undefined` for one that is not Twilio's. */
export function failureClassOfCode(ledgerCode: string): FailureClass | undefined {
  const code = /^(\d{5}) [a-z-]+$/.exec(ledgerCode)?.[1];
  return code === undefined ? undefined : classOfTwilioCode(Number(code));
}
