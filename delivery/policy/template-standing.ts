import type { TemplateFact, WrittenTemplate } from './send-facts.ts';

/** How a template that the shop wrote stands with its provider: `approved` with these very words, or why it cannot be sent. */
export function standingOf(written: WrittenTemplate, found: TemplateFact | undefined): string {
  if (found === undefined) return 'unknown to the provider';
  if (found.status !== 'approved') return found.status;
  return found.body === written.body ? 'approved' : 'approved with other words';
}

export function findTemplate<Fact extends Pick<TemplateFact, 'name' | 'language'>>(
  written: Pick<WrittenTemplate, 'name' | 'language'>,
  known: readonly Fact[],
): Fact | undefined {
  return known.find(
    ({ name, language }) => name === written.name && sameLanguage(language, written.language),
  );
}

/** Meta writes `pt_BR` for what is `pt-BR` elsewhere. */
function sameLanguage(one: string, other: string): boolean {
  return one.replace('_', '-').toLowerCase() === other.replace('_', '-').toLowerCase();
}
