import * as z from 'zod';
import { answerInError, codeOfError, openSendgrid, type SendgridAccess } from './sendgrid-connection.ts';

/** Whether mail could be sent with a key; nothing is sent. */
export type SendgridCheck =
  | { readonly kind: 'ready' }
  /** The key is good and lacks the scope `mail.send`. */
  | { readonly kind: 'may-not-send' }
  | { readonly kind: 'key-refused'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly code: string };

const scopes = z.object({ scopes: z.array(z.string()) });
const limitMs = 5000;

/** Asks SendGrid what the key may do (`GET /v3/scopes`). Never throws, takes at most five seconds, changes nothing. */
export async function checkSendgrid(access: SendgridAccess): Promise<SendgridCheck> {
  const account = openSendgrid(access, 1);
  try {
    const { client } = account.open(AbortSignal.timeout(limitMs));
    const [{ body }] = await client.request({ method: 'GET', url: '/v3/scopes' });
    return { kind: scopes.parse(body).scopes.includes('mail.send') ? 'ready' : 'may-not-send' };
  } catch (error) {
    const answer = answerInError(error);
    if (answer?.status === 401 || answer?.status === 403)
      return { kind: 'key-refused', status: answer.status };
    return { kind: 'unreachable', code: answer === undefined ? codeOfError(error) : String(answer.status) };
  } finally {
    account.close();
  }
}
