import * as z from 'zod';

/** Keys travel to providers in the clear text of a request, so it goes over TLS, except to this very machine. */
export const providerUrl = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `must be a URL such as ${example}` })
    .refine(isPrivate, 'must begin with https://')
    .optional();

function isPrivate(address: string): boolean {
  if (!URL.canParse(address)) return true; // Said by the check before.
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
