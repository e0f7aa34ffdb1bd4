import { allowance } from './allowance.ts';
import { business } from './business.ts';
import { consent } from './consent.ts';
import { erased } from './erased.ts';
import { frequencyCap } from './frequency-cap.ts';
import type { ChannelGate, RequestGate, TimingGate } from './gate.ts';
import { paused } from './paused.ts';
import { quietHours } from './quiet-hours.ts';
import { reachable } from './reachable.ts';
import { runLive } from './run-live.ts';
import { suppression } from './suppression.ts';
import { useful } from './useful.ts';

/** May we send this, now, to this person? Each question is a file; their order decides which reason is given. */
export const requestGates: readonly RequestGate[] = [runLive, useful, erased, business];

/** Asked of each channel of the message in turn; the first that passes all of them is used. */
export const channelGates: readonly ChannelGate[] = [reachable, consent, suppression];

/** Asked of the chosen channel, until all agree on an instant. */
export const timingGates: readonly TimingGate[] = [quietHours, frequencyCap, allowance, paused];
