/** The roads by which a message can reach a person. */
export const channelNames = ['email', 'sms', 'whatsapp'] as const;
export type ChannelName = (typeof channelNames)[number];

/** What kind of address a channel needs. */
export const addressKindOf = { email: 'email', sms: 'phone', whatsapp: 'phone' } as const satisfies Record<
  ChannelName,
  AddressKind
>;
export type AddressKind = 'email' | 'phone';
