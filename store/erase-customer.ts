import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { clearInbox } from './clear-inbox.ts';
import type { DatabaseTransaction } from './database.ts';
import { keepErasure } from './erasures.ts';

/**
 * Removes what tells who a customer was: names, addresses, dates, the shop's ids, what events and providers said. What is
 * left is a row without a person, so that counts and reports stay right. Enrolments are sealed by the caller.
 *
 * A suppression of an address stays: others may share the address, and a bounce, a complaint or a wish not to be written to
 * must outlive the record of one of them. It says that nothing goes to this address, and nothing about whose it was.
 *
 * Ids of events stay, since they are what makes repeats harmless: a shop keeps personal data out of them. So do salted
 * hashes of the shop's ids, by which what is told late is known as such.
 *
 * @param at as of when
 */
export async function eraseCustomer(trx: DatabaseTransaction, customer: string, at: Instant): Promise<void> {
  await keepErasure(trx, customer, at);
  await clearInbox(trx, customer);
  await sql`delete from suppressions where customer_id = ${customer}::uuid`.execute(trx);
  await sql`delete from contact_points where customer_id = ${customer}::uuid`.execute(trx);
  await sql`delete from customer_dates where customer_id = ${customer}::uuid`.execute(trx);
  await sql`delete from customer_identities where customer_id = ${customer}::uuid`.execute(trx);
  await sql`
    update customers set
      state = 'erased', external_id = null, given_name = null, family_name = null, locale = null, country = null,
      region = null, time_zone = null, time_zone_source = null, preferred_channel = null, quiet_until = null,
      field_instants = '{}'
    where id = ${customer}::uuid
  `.execute(trx);
  await sql`
    update events set envelope = jsonb_build_object('id', id, 'type', type, 'erased', true)
    where customer_id = ${customer}::uuid and envelope is not null
  `.execute(trx);
  await sql`
    update carts set cart_id = 'erased:' || id, url = null where customer_id = ${customer}::uuid
  `.execute(trx);
  await sql`
    update shipments set shipment_id = 'erased:' || id
    where order_id in (select id from orders where customer_id = ${customer}::uuid)
  `.execute(trx);
  await sql`
    update returns set return_id = 'erased:' || id
    where order_id in (select id from orders where customer_id = ${customer}::uuid)
  `.execute(trx);
  await sql`
    update reviews set review_id = 'erased:' || id where customer_id = ${customer}::uuid
  `.execute(trx);
  await sql`
    update complaints set complaint_id = 'erased:' || id, topic = null where customer_id = ${customer}::uuid
  `.execute(trx);
  await sql`update orders set order_id = 'erased:' || id where customer_id = ${customer}::uuid`.execute(trx);
  await sql`
    update delivery_attempts set detail = null, fingerprint = null
    where delivery_id in (select id from deliveries where customer_id = ${customer}::uuid)
  `.execute(trx);
  await sql`
    delete from short_links
    where delivery_id in (select id from deliveries where customer_id = ${customer}::uuid)
  `.execute(trx);
  await sql`update deliveries set address_key = null where customer_id = ${customer}::uuid`.execute(trx);
}
