import { Context } from '@temporalio/activity';
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
    openCampaign: withoutPersonalData('openCampaign', (input: OpenInput) => work.open(input)),
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
