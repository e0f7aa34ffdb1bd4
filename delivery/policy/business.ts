import { isMarketing, notMarketing, pass, skip, type RequestGate } from './gate.ts';

/** Business customers are off consumer journeys and campaigns (journeys reference 4, rule 11). */
export const business: RequestGate = {
  name: 'business',
  judge(sendCase) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    const { customer, origin } = sendCase.facts;
    const saw = { business: customer.business, [`${origin.kind}IncludesBusiness`]: origin.includesBusiness };
    return customer.business && !origin.includesBusiness ? skip('business-customer', saw) : pass(saw);
  },
};
