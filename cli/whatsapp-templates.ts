import { findTemplate, standingOf } from '../delivery/policy/template-standing.ts';
import { loadTemplatesOf } from '../delivery/rendering/load-templates.ts';
import { createRenderer } from '../delivery/rendering/renderer.ts';
import type { Instant } from '../domain/instant.ts';
import shop from '../perennial.config.ts';
import type { StoredTemplate } from '../store/whatsapp-templates.ts';
import { messages } from '../templates/index.ts';

/** A template that the shop wrote, or that its provider has, or both. */
export interface ShownTemplate {
  readonly name: string;
  readonly language: string;
  /** The message of the shop that has these words; null for a template that only the provider has. */
  readonly message: string | null;
  /** `approved`: it can be sent as it is written. Otherwise why not; of one that only the provider has, its word. */
  readonly standing: string;
  /** In the provider's words; absent when it does not have it. */
  readonly status?: string;
  readonly category?: string;
  readonly contentSid?: string;
  readonly body: string;
  readonly checkedAt?: Instant;
}

export interface Written {
  readonly message: string;
  readonly name: string;
  readonly language: string;
  readonly body: string;
}

/** What stands in the `whatsapp.json` of all messages, in each language of the shop. */
export async function readWrittenTemplates(checkout: string): Promise<readonly Written[]> {
  const renderer = createRenderer({ templates: await loadTemplatesOf(checkout) });
  return Object.keys(messages).flatMap((message) =>
    renderer.whatsAppTemplatesOf(message, shop.locales.supported).map((written) => ({ message, ...written })),
  );
}

/** What the shop wrote beside what its provider had when it was last asked. The shop's own come first. */
export function compareTemplates(
  written: readonly Written[],
  known: readonly (StoredTemplate & { readonly checkedAt?: Instant })[],
): readonly ShownTemplate[] {
  const own = written.map((template) => {
    const found = findTemplate(template, known);
    return { ...found, ...template, standing: standingOf(template, found) };
  });
  const others = known.filter((each) => !written.some((one) => findTemplate(one, [each]) !== undefined));
  return [...own, ...others.map((each) => ({ ...each, message: null, standing: each.status }))];
}
