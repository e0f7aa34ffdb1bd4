import * as z from 'zod';
import { providerUrl } from './provider-url.ts';

/** What the environment says about Twilio. */
export interface TwilioSettings {
  /** `AC…` */
  readonly accountSid: string;
  readonly authToken: string;
  /** Receipts that it signed are genuine too, while tokens are being exchanged. */
  readonly secondaryAuthToken?: string;
  /** Unset: Twilio itself. Without a slash at the end. */
  readonly baseUrl?: string;
  /** Sends text messages. Unset: none go over Twilio. */
  readonly messagingServiceSid?: string;
  /** The shop's WhatsApp number in E.164 form, or a Messaging Service that has one. Unset: no WhatsApp. */
  readonly whatsAppFrom?: string;
}

const hex = (prefix: string) => new RegExp(`^${prefix}[0-9a-f]{32}$`);
const token = z.string().regex(hex(''), 'must be an auth token of Twilio: 32 hexadecimal digits').optional();

export const twilioVariables = {
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(hex('AC'), 'must be the SID of a Twilio account: AC and 32 hexadecimal digits')
    .optional(),
  TWILIO_AUTH_TOKEN: token,
  TWILIO_AUTH_TOKEN_SECONDARY: token,
  TWILIO_BASE_URL: providerUrl('http://127.0.0.1:4010'),
  TWILIO_MESSAGING_SERVICE_SID: z
    .string()
    .regex(hex('MG'), 'must be the SID of a Messaging Service: MG and 32 hexadecimal digits')
    .optional(),
  TWILIO_WHATSAPP_FROM: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/,
      'must be a number such as +14155238886, or the SID of a Messaging Service',
    )
    .optional(),
};

const variables = z.object({ ...twilioVariables, PUBLIC_URL: z.string().optional() });
type Variables = z.infer<typeof variables>;

/** What is right by itself and wrong together: the first problem, with the variable that it is about. */
export function twilioProblem(
  given: Variables,
): { readonly path: string; readonly problem: string } | undefined {
  const { TWILIO_MESSAGING_SERVICE_SID: service, TWILIO_WHATSAPP_FROM: whatsApp } = given;
  const isNamed = service !== undefined || whatsApp !== undefined || given.TWILIO_AUTH_TOKEN !== undefined;
  if (given.TWILIO_ACCOUNT_SID === undefined) {
    return isNamed
      ? { path: 'TWILIO_ACCOUNT_SID', problem: 'is missing beside the others of Twilio' }
      : undefined;
  }
  if (given.TWILIO_AUTH_TOKEN === undefined) {
    return { path: 'TWILIO_AUTH_TOKEN', problem: 'is missing beside TWILIO_ACCOUNT_SID' };
  }
  if (service === undefined && whatsApp === undefined) {
    return {
      path: 'TWILIO_MESSAGING_SERVICE_SID',
      problem: 'or TWILIO_WHATSAPP_FROM has to say who sends',
    };
  }
  if (given.TWILIO_BASE_URL === undefined && !isReachable(given.PUBLIC_URL)) {
    return {
      path: 'PUBLIC_URL',
      problem:
        'must be an address that Twilio can call back, such as https://mail.shop.example, without an underscore in its host',
    };
  }
  return undefined;
}

/** Twilio refuses messages whose status callback it cannot reach, and hosts with an underscore (R 2.1, code 21609). */
function isReachable(publicUrl: string | undefined): boolean {
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return false;
  const { hostname } = new URL(publicUrl);
  return !hostname.includes('_') && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** The settings of variables without a problem; `undefined` when the shop has no Twilio. */
export function twilioOf(given: Variables): TwilioSettings | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = given;
  if (accountSid === undefined || authToken === undefined) return undefined;
  const optional = {
    secondaryAuthToken: given.TWILIO_AUTH_TOKEN_SECONDARY,
    baseUrl: given.TWILIO_BASE_URL?.replace(/\/$/, ''),
    messagingServiceSid: given.TWILIO_MESSAGING_SERVICE_SID,
    whatsAppFrom: given.TWILIO_WHATSAPP_FROM,
  };
  const present: Partial<TwilioSettings> = Object.fromEntries(
    Object.entries(optional).filter(([, value]) => value !== undefined),
  );
  return { accountSid, authToken, ...present };
}
