import type { EventOf } from '../../domain/events/catalogue.ts';
import type { Facts } from '../../domain/facts.ts';
import { newId } from '../../store/new-id.ts';
import type { OrderRecord } from '../../store/orders.ts';
import type { Knowledge } from './knowledge.ts';
import { orderOf, type About } from './order-facts.ts';

export function takeFeedback(
  knowledge: Knowledge,
  about: About,
  { data: { orderId, score } }: EventOf<'feedback.submitted'>,
): Facts['feedback'] {
  const order = orderOf(knowledge, orderId, about.customer);
  knowledge.feedback.push({ order: order.id, score, at: about.at });
  return { order: order.id, customer: order.customer ?? about.customer, score, at: about.at };
}

/** A review that names no order is about the newest order that has the variant. */
export function takeReview(
  knowledge: Knowledge,
  about: About,
  event: EventOf<'review.submitted'>,
): Facts['review'] {
  const { reviewId = event.id, orderId, line: shopLine, variant, stars } = event.data;
  const named = orderId === undefined ? undefined : orderOf(knowledge, orderId, about.customer);
  const order = named?.id ?? knowledge.reviewedOrders.get(event.id);
  const customer = named?.customer ?? about.customer;
  const { at } = about;
  knowledge.reviews.push({
    reviewId,
    customer,
    order: order ?? null,
    shopLine: shopLine ?? null,
    variant: variant ?? null,
    stars,
    at,
  });
  return { customer, stars, at, ...(order === undefined ? {} : { order }), ...whatOf(named, event.data) };
}

/** The line and the variant, one from the other where only one was said. */
function whatOf(
  order: OrderRecord | undefined,
  { line: shopLine, variant }: EventOf<'review.submitted'>['data'],
): { line?: number; variant?: string } {
  const line = order?.lines.find((one) =>
    shopLine === undefined ? one.variant === variant : one.shopLine === shopLine,
  );
  if (line !== undefined) return { line: line.line, variant: line.variant };
  return variant === undefined ? {} : { variant };
}

/** A ticket that is closed closes the complaint of the same id, if there is one. */
export function takeComplaint(
  knowledge: Knowledge,
  { customer, at }: About,
  { type, data }: EventOf<'complaint.opened' | 'complaint.closed' | 'ticket.closed'>,
): Facts['complaint'] {
  const id = knowledge.complaintIds.get(data.id) ?? newId();
  knowledge.complaintIds.set(data.id, id);
  const isOpened = type === 'complaint.opened';
  knowledge.complaints.push({
    id,
    complaintId: data.id,
    customer,
    topic: data.topic ?? null,
    openedAt: isOpened ? at : null,
    closedAt: isOpened ? null : at,
  });
  return { complaint: id, customer, at };
}
