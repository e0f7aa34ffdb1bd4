import { campaignCountdown } from './campaign-countdown/message.ts';
import { campaignEarlyAccess } from './campaign-early-access/message.ts';
import { campaignLastHours } from './campaign-last-hours/message.ts';
import { campaignLaunch } from './campaign-launch/message.ts';
import { cartReminderLast } from './cart-reminder-last/message.ts';
import { cartReminder } from './cart-reminder/message.ts';
import { checkoutReminderHelp } from './checkout-reminder-help/message.ts';
import { checkoutReminderLast } from './checkout-reminder-last/message.ts';
import { checkoutReminder } from './checkout-reminder/message.ts';
import { firstOrderGuide } from './first-order-guide/message.ts';
import { holidayCare } from './holiday-care/message.ts';
import { holidayOffer } from './holiday-offer/message.ts';
import { holidayRecap } from './holiday-recap/message.ts';
import { holidayThanks } from './holiday-thanks/message.ts';
import { replenishmentLast } from './replenishment-last/message.ts';
import { replenishmentReminder } from './replenishment-reminder/message.ts';
import { replenishmentSubscription } from './replenishment-subscription/message.ts';
import { reviewReminder } from './review-reminder/message.ts';
import { reviewRequest } from './review-request/message.ts';
import { thankYouAgain } from './thank-you-again/message.ts';
import { thankYouFirst } from './thank-you-first/message.ts';

/** Every message by its name; `perennial check` holds this list against the folders beside it. */
export const messages = {
  'campaign-countdown': campaignCountdown,
  'campaign-early-access': campaignEarlyAccess,
  'campaign-last-hours': campaignLastHours,
  'campaign-launch': campaignLaunch,
  'cart-reminder': cartReminder,
  'cart-reminder-last': cartReminderLast,
  'checkout-reminder': checkoutReminder,
  'checkout-reminder-help': checkoutReminderHelp,
  'checkout-reminder-last': checkoutReminderLast,
  'first-order-guide': firstOrderGuide,
  'holiday-care': holidayCare,
  'holiday-offer': holidayOffer,
  'holiday-recap': holidayRecap,
  'holiday-thanks': holidayThanks,
  'replenishment-last': replenishmentLast,
  'replenishment-reminder': replenishmentReminder,
  'replenishment-subscription': replenishmentSubscription,
  'review-reminder': reviewReminder,
  'review-request': reviewRequest,
  'thank-you-again': thankYouAgain,
  'thank-you-first': thankYouFirst,
};

/** What a story may send, and with which input. Stories import this type only. */
export type Messages = typeof messages;
