/** One Twilio account, as the shop connects it. */
export interface TwilioAccount {
  /** `AC…` */
  readonly accountSid: string;
  readonly authToken: string;
  /** Unset: Twilio itself. Every host of Twilio is replaced by it, such as `http://127.0.0.1:4010`. */
  readonly baseUrl?: string;
}
