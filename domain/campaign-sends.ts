import type { CampaignDefinition, OccasionFact } from './campaign.ts';
import { sendKeyOf, type CampaignSend } from './delivery.ts';
import type { Instant } from './instant.ts';
import { PerennialError } from './perennial-error.ts';

/** @throws PerennialError `campaign-unknown` */
export function findCampaign(campaigns: readonly CampaignDefinition[], name: string): CampaignDefinition {
  const found = campaigns.find((campaign) => campaign.name === name);
  if (found !== undefined) return found;
  throw new PerennialError(
    'campaign-unknown',
    `There is no campaign "${name}". There are: ${campaigns.map((campaign) => campaign.name).join(', ')}.`,
  );
}

/** What is told of a campaign whose code was taken out while it is under way. It is quiet until somebody does either. */
export function campaignGone(name: string): PerennialError {
  return new PerennialError(
    'campaign-gone',
    `The campaign "${name}" is under way and its code is not there any more, so nothing of it is sent. Put it back into workflows/campaigns/index.ts and start the workers again, and it goes on; or end it for good: npx perennial campaign cancel ${name}`,
    { retryable: true },
  );
}

/** @throws PerennialError `variant-unknown` */
export function assertVariant({ name, variants = {} }: CampaignDefinition, variant: string): void {
  if (Object.hasOwn(variants, variant)) return;
  const known = Object.keys(variants);
  throw new PerennialError(
    'variant-unknown',
    known.length === 0
      ? `The campaign "${name}" has no variants: there is one version of its message. Leave the variant out.`
      : `The campaign "${name}" has no variant "${variant}". There are: ${known.join(', ')}.`,
  );
}

/** What is sent to recipients of an occasion, each by their variant. The send key is theirs for good. */
export function campaignSends(
  { message, input, variants }: CampaignDefinition,
  occasion: OccasionFact,
  recipients: readonly { readonly id: string; readonly dueAt: Instant; readonly variant: string | null }[],
): CampaignSend[] {
  const shared = input(occasion);
  return recipients.map(({ id, dueAt, variant }) => {
    const version = variant === null ? undefined : variants?.[variant];
    const name = version?.message ?? message;
    const step = `${name}#1`;
    return {
      recipient: id,
      sendKey: sendKeyOf(id, step),
      step,
      message: name,
      input:
        version?.input === undefined ? shared : { ...(isRecord(shared) ? shared : {}), ...version.input },
      dueAt,
    };
  });
}

function isRecord(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null;
}
