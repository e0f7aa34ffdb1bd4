import type { CampaignSend, JudgedSend } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from '../store/database.ts';
import { newId } from '../store/new-id.ts';
import { createLedgerSetting } from './create-ledger-setting.ts';
import type { DeliverDeps } from './deliver.ts';
import { loadSituations } from './ledger/load-situations.ts';
import { caseOf } from './ledger/verdict-row.ts';
import { findMessage } from './message-registry.ts';
import { judge } from './policy/judge.ts';
import { languageChain } from './rendering/language-chain.ts';

/**
 * Asks all gates about requests as of an instant, by the same code as a real delivery, and neither writes nor sends.
 * What nobody can know yet, such as an order that comes in between, is not in the answer.
 */
export function createJudge(deps: Omit<DeliverDeps, 'clock'>) {
  return async function judgeAt(
    db: Queryable,
    requests: readonly CampaignSend[],
    at: Instant,
  ): Promise<readonly JudgedSend[]> {
    const setting = createLedgerSetting({ ...deps, clock: { now: () => at } });
    const situations = await loadSituations(db, requests, setting);
    return requests.flatMap((request): JudgedSend[] => {
      const situation = situations.get(request.recipient);
      const terms = findMessage(deps.messages, request.message);
      if (situation === undefined || terms === undefined) return [];
      const judgement = judge(
        caseOf({ request, terms, delivery: newId() }, situation.facts, undefined, setting),
      );
      const channel = judgement.verdict === 'skip' ? null : judgement.channel;
      const { supported } = deps.shop.locales;
      const languages = languageChain(situation.profile.locale, supported);
      const language = deps.renderer.languageFor({
        message: request.message,
        channel: channel ?? 'email',
        languages,
      });
      return [
        {
          verdict: judgement.verdict,
          channel,
          reason: judgement.verdict === 'send' ? null : judgement.reason,
          language: language ?? supported[0],
        },
      ];
    });
  };
}
