/**
 * What we use of SendGrid's own client. Its packages say `export =` and named exports at once, which this version of
 * TypeScript refuses, and their default export is one instance for the whole process: another connection would send with
 * the first one's key.
 */
declare module '@sendgrid/client/src/classes/client.js' {
  export interface ClientRequest {
    readonly url: string;
    readonly method: 'GET' | 'POST';
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  }
  export interface ClientResponse {
    readonly statusCode: number;
    readonly headers: unknown;
    readonly body: unknown;
  }
  export default class Client {
    setApiKey(apiKey: string): void;
    /** Handed to axios with each request. */
    setDefaultRequest(settings: Readonly<Record<string, unknown>>): this;
    request(request: ClientRequest): Promise<[ClientResponse, unknown]>;
  }
}

declare module '@sendgrid/mail/src/classes/mail-service.js' {
  import type Client from '@sendgrid/client/src/classes/client.js';
  import type { ClientResponse } from '@sendgrid/client/src/classes/client.js';

  interface Mailbox {
    readonly email: string;
    readonly name?: string;
  }
  interface Switch {
    readonly enable: boolean;
  }
  export interface SendgridMail {
    readonly to: Mailbox;
    readonly from: Mailbox;
    readonly replyTo?: Mailbox;
    readonly subject: string;
    readonly content: readonly { readonly type: string; readonly value: string }[];
    readonly headers: Readonly<Record<string, string>>;
    readonly categories: readonly string[];
    readonly customArgs: Readonly<Record<string, string>>;
    readonly trackingSettings: {
      readonly clickTracking: Switch & { readonly enableText: boolean };
      readonly openTracking: Switch;
      readonly subscriptionTracking: Switch;
      readonly ganalytics: Switch;
    };
  }
  export default class MailService {
    setClient(client: Client): this;
    send(mail: SendgridMail): Promise<[ClientResponse, unknown]>;
  }
}
