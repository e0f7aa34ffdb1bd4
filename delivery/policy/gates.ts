import { allowList } from './allow-list.ts';
import { allowance } from './allowance.ts';
import { boughtAlready } from './bought-already.ts';
import { business } from './business.ts';
import { campaignLive } from './campaign-live.ts';
import { channelRules } from './channel-rules.ts';
import { complaintOpen } from './complaint-open.ts';
import { consent } from './consent.ts';
import { erased } from './erased.ts';
import { frequencyCap } from './frequency-cap.ts';
import type { ChannelGate, OriginGate, RequestGate, TimingGate } from './gate.ts';
import { holdout } from './holdout.ts';
import { onePlace } from './one-place.ts';
import { overdue } from './overdue.ts';
import { paused } from './paused.ts';
import { quietHours } from './quiet-hours.ts';
import { reachable } from './reachable.ts';
import { runLive } from './run-live.ts';
import type { CampaignOrigin, JourneyOrigin } from './send-facts.ts';
import { suppression } from './suppression.ts';
import { useful } from './useful.ts';
import { validity } from './validity.ts';
import { whatsAppTemplate } from './whatsapp-template.ts';

/** May we send this, now, to this person? Each question is a file; their order decides which reason is given. */
export const journeyGates: readonly OriginGate<JourneyOrigin>[] = [runLive];

/** Asked instead when it is a campaign that sends. */
export const campaignGates: readonly OriginGate<CampaignOrigin>[] = [
  campaignLive,
  onePlace,
  holdout,
  boughtAlready,
];

/** Asked of everything that is sent. */
export const requestGates: readonly RequestGate[] = [useful, erased, business];

/** Asked of each channel of the message in turn; the first that passes all of them is used. */
export const channelGates: readonly ChannelGate[] = [
  reachable,
  allowList,
  consent,
  suppression,
  channelRules,
  whatsAppTemplate,
];

/** Asked of the chosen channel, until all agree on an instant. */
export const timingGates: readonly TimingGate[] = [
  validity,
  quietHours,
  frequencyCap,
  allowance,
  complaintOpen,
  overdue,
  paused,
];
