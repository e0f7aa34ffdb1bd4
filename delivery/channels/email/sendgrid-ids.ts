/**
 * The `X-Message-Id` with which a message was accepted, out of the `sg_message_id` that events and logs carry: that one
 * goes on after a dot with the machine that handled it, such as `.filterdrecv-…` or `.recvd-…` (Twilio's glossary,
 * X-Message-Id). Older ids have dots of their own.
 */
export function providerIdOf(sgMessageId: string): string {
  return sgMessageId.replace(/\.(?:filter|recvd)[^/]*$/, '');
}
