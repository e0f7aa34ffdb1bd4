import type { ChannelName } from './channel-name.ts';
import type { GateTrace, SkipReason } from './delivery.ts';

type Refusal = GateTrace & { readonly verdict: 'skip'; readonly channel: ChannelName };
type Clause = (channel: ChannelName, saw: GateTrace['saw']) => string;

/** The reasons for which a channel is passed over, in words that name the channel. */
const clauses: { readonly [R in SkipReason]?: Clause } = {
  unreachable: (channel, saw) => {
    if (saw['refused'] !== undefined) return `the provider of ${channel} refused it`;
    if (saw['address'] === 'none') return `no address for ${channel}`;
    if (saw['address'] === 'invalid') return `the address for ${channel} does not work`;
    return `${channel} is not connected here`;
  },
  'no-consent': (channel, saw) =>
    saw['consent'] === 'withdrawn' ? `consent for ${channel} was withdrawn` : `no consent for ${channel}`,
  suppressed: (channel, saw) =>
    `the ${saw['of'] === 'address' ? 'address' : 'person'} is suppressed for ${channel}`,
  'not-allowed-there': (channel, saw) =>
    `no marketing may go by ${channel} to numbers of ${saw['numberCountry'] ?? 'that country'}`,
  'template-not-approved': (channel, saw) =>
    `the words for ${channel} are not approved (${saw['status'] ?? 'unknown'}) and the customer had not written within a day`,
  'not-on-allow-list': (channel) => `the address for ${channel} is not on the allow-list`,
};

/**
 * Why each channel of a message was passed over, such as `whatsapp is not connected here; no consent for email`.
 *
 * @returns `undefined` when no channel decided: the reason is another, or the gates are not kept any more
 */
export function channelSentence(reason: string, gates: readonly GateTrace[]): string | undefined {
  const refusals = firstOfEach(gates.filter(isRefusal));
  const decided = reason in clauses && refusals.some((refusal) => refusal.reason === reason);
  if (!decided) return undefined;
  return refusals.map(({ reason: why, channel, saw }) => clauses[why]?.(channel, saw) ?? why).join('; ');
}

function isRefusal(gate: GateTrace): gate is Refusal {
  return gate.verdict === 'skip' && gate.channel !== undefined;
}

/** The gate that stopped a channel is the first; those after it were asked so that they can be read. */
function firstOfEach(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.filter(
    ({ channel }, index) => refusals.findIndex((each) => each.channel === channel) === index,
  );
}
