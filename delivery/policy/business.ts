import { isMarketing, notMarketing, pass, skip, type RequestGate } from './gate.ts';

/** Business customers are off consumer journeys (journeys reference 4, rule 11). */
export const business: RequestGate = {
  name: 'business',
  judge(sendCase) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    const { customer, enrolment } = sendCase.facts;
    const saw = { business: customer.business, journeyIncludesBusiness: enrolment.includesBusiness };
    return customer.business && !enrolment.includesBusiness ? skip('business-customer', saw) : pass(saw);
  },
};
