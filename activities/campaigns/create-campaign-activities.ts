import { ApplicationFailure, Context } from '@temporalio/activity';
import { isPerennialError } from '../../domain/perennial-error.ts';
import { withoutPersonalData } from '../without-personal-data.ts';
import type {
  AboutOccurrence,
  CampaignWork,
  ChunkInput,
  OpenInput,
  PlanInput,
  Progress,
  TakeInput,
} from './campaign-step.ts';

/** How often work that takes long says that it is alive. */
const beatMs = 5000;

/**
 * The activities of a campaign's dispatcher. Like all activities each may be called more than once for the same thing; the
 * long ones say that they are alive, so that another worker takes over half a minute after one has died.
 */
export function createCampaignActivities(work: CampaignWork) {
  return {
    openCampaign: withoutPersonalData('openCampaign', (input: OpenInput) =>
      work.open(input).catch(failWhenGoneTooLong),
    ),
    planCampaign: withoutPersonalData('planCampaign', (input: PlanInput) => work.plan(input)),
    takeCampaignRecipients: withoutPersonalData('takeCampaignRecipients', (input: TakeInput) =>
      beating((progress) => work.take(input, progress)),
    ),
    sendCampaignChunk: withoutPersonalData('sendCampaignChunk', (input: ChunkInput) =>
      beating(() => work.sendChunk(input)),
    ),
    closeCampaign: withoutPersonalData('closeCampaign', (input: AboutOccurrence) => work.close(input)),
  };
}

export type CampaignActivities = ReturnType<typeof createCampaignActivities>;

/** As long as a Schedule would catch up after an outage: later than that, most of its messages would come too late. */
const waitForCodeMs = 3_600_000;

/**
 * A campaign that has lost its code before it began is waited for, since another worker may have it, but not for ever:
 * nothing of it is in the database, so an operator could not cancel it. A run that failed may be launched again.
 */
function failWhenGoneTooLong(error: unknown): never {
  const isGone = isPerennialError(error) && error.code === 'campaign-gone';
  if (isGone && Date.now() - Context.current().info.scheduledTimestampMs > waitForCodeMs) {
    throw ApplicationFailure.nonRetryable(
      'openCampaign failed: campaign-gone',
      'PerennialError campaign-gone',
    );
  }
  throw error;
}

async function beating<Result>(work: (progress: Progress) => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const before: unknown = context.info.heartbeatDetails;
  let after = typeof before === 'string' ? before : undefined;
  const beats = setInterval(() => context.heartbeat(after), beatMs);
  try {
    return await work({
      ...(after === undefined ? {} : { after }),
      beat(latest) {
        after = latest;
        context.heartbeat(latest);
      },
    });
  } finally {
    clearInterval(beats);
  }
}
