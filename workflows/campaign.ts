import { type CampaignDefinition, type CampaignVariant, type OccasionFact } from '../domain/campaign.ts';
import { parseDuration, type Duration } from '../domain/duration.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { MessageInput, MessageName } from './messages.ts';

export { allOf, anyOf, except, segment } from '../domain/segment.ts';

/** A campaign as it is written down: its input is what its message takes. */
export interface Campaign<Name extends MessageName> extends Omit<
  CampaignDefinition,
  'message' | 'input' | 'variants'
> {
  readonly message: Name;
  /** What the message is given, the same for everybody; or how it is made from the day on which the campaign falls. */
  readonly input: MessageInput<Name> | ((occasion: OccasionFact) => MessageInput<Name>);
  readonly variants?: Readonly<Record<string, Variant>>;
}

interface Variant extends CampaignVariant {
  readonly message?: MessageName;
}

const soundName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const localDay = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const localTime = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * Defines a campaign: who gets which message, and when.
 *
 * Everybody in the audience gets it at most once per occurrence; next year's holiday is another occurrence.
 *
 * @throws PerennialError `campaign-invalid` or `duration-invalid` when the definition cannot be right
 *
 * @example
 * export const blackFridayLaunch = defineCampaign({
 *   name: 'black-friday-launch',
 *   audience: segment({ consent: ['email', 'sms'], country: ['GB', 'US'] }),
 *   message: 'campaign-launch',
 *   input: ({ holiday }) => ({ occasion: 'black-friday', percent: 20, lastDay: holiday }),
 *   when: { holiday: 'black-friday', at: '10:00', in: 'recipient' },
 *   holdout: 0.05,
 * });
 */
export function defineCampaign<const Name extends MessageName>(campaign: Campaign<Name>): CampaignDefinition {
  assertSound(campaign);
  const { input } = campaign;
  return { ...campaign, input: typeof input === 'function' ? input : () => input };
}

function assertSound({
  name,
  when,
  variants,
  holdout = 0,
}: Omit<CampaignDefinition, 'message' | 'input'>): void {
  const wrong = (sentence: string) =>
    new PerennialError('campaign-invalid', `Campaign "${name}": ${sentence}`);
  if (!soundName.test(name)) {
    throw wrong('its name must be lower-case words joined by hyphens, such as "black-friday-launch".');
  }
  if (!localTime.test(when.at)) throw wrong(`"${when.at}" is no local time. Write it like "10:00".`);
  if ('date' in when && !localDay.test(when.date)) {
    throw wrong(`"${when.date}" is no day. Write it like "2027-03-14".`);
  }
  if ('holiday' in when && when.offset !== undefined) parseDuration(when.offset.slice(1) as Duration);
  if (!(holdout >= 0 && holdout <= 0.5)) {
    throw wrong(`its holdout is ${holdout}; write a share between 0 and 0.5, such as 0.05.`);
  }
  const shares = Object.values(variants ?? {}).map(({ share }) => share);
  if (variants !== undefined && !(shares.length > 0 && shares.every((share) => share > 0))) {
    throw wrong('each of its variants needs a share above 0, such as { share: 1 }.');
  }
}
