/**
 * SendGrid fills in words of its own, wherever they stand: `<%asm_group_unsubscribe_raw_url%>`, `[unsubscribe]`,
 * `[weblink]`, `%open-track%` (R-SEC-6). We use none of them, so one that comes along was written by somebody else, in a
 * name or a title. An invisible word joiner after its first character makes it mere text.
 */
export function withoutProviderTags(text: string): string {
  return text.replace(tags, (first) => `${first}\u2060`);
}

const tags = /<(?=%)|\[(?=(?:unsubscribe|unsubscribe_preferences|weblink)\])|%(?=open-track%)/gi;
