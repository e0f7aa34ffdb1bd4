import { pass, skip, type RequestGate } from './gate.ts';

/** Nobody is written to after asking to be forgotten, not even with a receipt: there is no address left. */
export const erased: RequestGate = {
  name: 'erased',
  judge({ facts: { customer } }) {
    const saw = { erased: customer.erased };
    return customer.erased ? skip('customer-erased', saw) : pass(saw);
  },
};
