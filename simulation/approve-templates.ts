import { createHash } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import type { Database } from '../store/database.ts';
import { replaceWhatsAppTemplates } from '../store/whatsapp-templates.ts';
import type { Stage } from './stage.ts';

/**
 * In a world every WhatsApp template of the shop has been approved, with the words that it has now. What becomes of one
 * that was not is the gate's matter, and its tests'.
 */
export async function approveTemplates(
  db: Database,
  { messages, renderer, shop }: Pick<Stage, 'messages' | 'renderer' | 'shop'>,
  at: Instant,
): Promise<void> {
  const templates = Object.keys(messages).flatMap((message) =>
    renderer.whatsAppTemplatesOf(message, shop.locales.supported).map(({ name, language, body }) => ({
      name,
      language,
      body,
      contentSid: contentSidOf({ name, language }),
      category: 'marketing' as const,
      status: 'approved',
    })),
  );
  if (templates.length > 0) await replaceWhatsAppTemplates(db, templates, at);
}

/** In the shape of Twilio's, the same each time. */
export function contentSidOf({
  name,
  language,
}: {
  readonly name: string;
  readonly language: string;
}): string {
  return `HX${createHash('sha256').update(`${name} ${language}`).digest('hex').slice(0, 32)}`;
}
