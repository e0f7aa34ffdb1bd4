/** What Twilio says to parameters that it does not take: an HTTP status and its own code. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(code: number, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The parameters of a message that Twilio would take. */
export interface CreateParameters {
  readonly to: string;
  readonly from?: string;
  readonly messagingServiceSid?: string;
  readonly body?: string;
  readonly contentSid?: string;
  readonly contentVariables?: Readonly<Record<string, string>>;
  readonly statusCallback?: string;
  readonly validityPeriod?: number;
  readonly smartEncoded?: boolean;
}

/** Those of `twilio_api_v2010.json` that a shop may use; another one is a slip, or a switch that must not be touched. */
const known = new Set([
  'To',
  'From',
  'MessagingServiceSid',
  'Body',
  'ContentSid',
  'ContentVariables',
  'StatusCallback',
  'ValidityPeriod',
  'SmartEncoded',
]);

/** Reads a form as strictly as Twilio's specification is written. @throws Refusal */
export function readCreateParameters(form: URLSearchParams): CreateParameters {
  const one = (name: string) => readOne(form, name);
  const unknown = [...form.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) throw new Refusal(20001, `Unknown parameter ${unknown}`);

  const to = one('To');
  if (to === undefined) throw new Refusal(21604, "A 'To' phone number is required.");
  if (!/^(whatsapp:)?\+[1-9]\d{6,14}$/.test(to)) throw new Refusal(21211, "Invalid 'To' Phone Number");
  const from = one('From');
  const messagingServiceSid = one('MessagingServiceSid');
  if (from === undefined && messagingServiceSid === undefined) {
    throw new Refusal(21603, "A 'From' or 'MessagingServiceSid' parameter is required");
  }
  if (messagingServiceSid !== undefined && !/^MG[0-9a-f]{32}$/.test(messagingServiceSid)) {
    throw new Refusal(21705, 'The Messaging Service is invalid');
  }
  return defined({
    to,
    from,
    messagingServiceSid,
    ...readWords(one('Body'), one('ContentSid'), one('ContentVariables')),
    statusCallback: readCallback(one('StatusCallback')),
    validityPeriod: readValidity(one('ValidityPeriod')),
    smartEncoded: readFlag(one('SmartEncoded')),
  });
}

function readOne(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name);
  if (values.length > 1) throw new Refusal(20001, `${name} is given twice`);
  return values[0];
}

function readWords(body?: string, contentSid?: string, variables?: string) {
  if (body !== undefined && contentSid !== undefined)
    throw new Refusal(20001, 'Body and ContentSid are given');
  if (contentSid !== undefined) return { contentSid, contentVariables: readVariables(contentSid, variables) };
  if (body === undefined || body.trim() === '') {
    throw new Refusal(21619, 'A Message Body, Media URL or Content SID is required');
  }
  if (Array.from(body).length > 1600) throw new Refusal(21617, 'The body exceeds the 1600 character limit');
  return { body };
}

function readVariables(contentSid: string, variables = '{}'): Record<string, string> {
  if (!/^HX[0-9a-f]{32}$/.test(contentSid)) throw new Refusal(21655, 'The ContentSid is invalid');
  try {
    const read: unknown = JSON.parse(variables);
    const entries = Object.entries(read ?? {});
    if (entries.some(([, value]) => typeof value !== 'string' || value === '')) throw new TypeError();
    return Object.fromEntries(entries);
  } catch {
    throw new Refusal(21656, 'The ContentVariables parameter is invalid');
  }
}

function readCallback(callback?: string): string | undefined {
  if (callback === undefined) return undefined;
  const isUsable =
    URL.canParse(callback) && /^https?:/.test(callback) && !new URL(callback).host.includes('_');
  if (!isUsable) throw new Refusal(21609, "The 'StatusCallback' URL is not a valid URL.");
  return callback;
}

function readValidity(seconds?: string): number | undefined {
  if (seconds === undefined) return undefined;
  const isAllowed = /^\d{1,5}$/.test(seconds) && Number(seconds) >= 1 && Number(seconds) <= 36_000;
  if (!isAllowed) throw new Refusal(20001, 'ValidityPeriod must be 1 to 36000');
  return Number(seconds);
}

function readFlag(flag?: string): boolean | undefined {
  if (flag === undefined) return undefined;
  if (flag !== 'true' && flag !== 'false') throw new Refusal(20001, 'SmartEncoded must be true or false');
  return flag === 'true';
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function defined<T extends object>(fields: T): Defined<T>;
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
