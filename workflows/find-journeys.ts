import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding } from '../domain/finding.ts';
import { type JourneyTypeName, journeyTypeName } from '../domain/journey.ts';
import { isJourney } from './list-journeys.ts';

/** A journey and the file it is written in. */
export interface JourneyFile {
  /** Its permanent name with its version, such as `abandoned-cart@1`. */
  readonly type: JourneyTypeName;
  /** The name of the constant that holds it. */
  readonly exported: string;
  /** Path in the checkout. */
  readonly file: string;
}

export interface FoundJourneys {
  /** By name and version. */
  readonly journeys: readonly JourneyFile[];
  /** Files that cannot be loaded, and journeys that are there twice. */
  readonly findings: readonly Finding[];
}

/** Loads every file in `workflows/journeys/` and says which journeys they define. */
export async function findJourneys({ checkout }: { readonly checkout: string }): Promise<FoundJourneys> {
  const folder = join(checkout, 'workflows/journeys');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const journeys: JourneyFile[] = [];
  const findings: Finding[] = [];

  for (const path of names.map((name) => join(folder, name))) {
    const file = relative(checkout, path);
    try {
      journeys.push(...(await journeysIn(path)).map((journey) => ({ ...journey, file })));
    } catch (error) {
      findings.push(about(file, 'unreadable', `The file cannot be loaded: ${textOf(error)}`));
    }
  }
  for (const { type, file } of journeys.filter(isRepeated)) {
    findings.push(
      about(
        file,
        'journey-twice',
        `${type} is defined twice. Give this one another name, or count its version up.`,
      ),
    );
  }
  return { journeys: journeys.sort(byTypeName), findings };
}

async function journeysIn(path: string): Promise<Omit<JourneyFile, 'file'>[]> {
  // A process that lives on while a file changes must see the new one.
  const { mtimeMs } = await stat(path);
  const module: Record<string, unknown> = await import(
    `${pathToFileURL(path).href}?changed=${Math.round(mtimeMs * 1000)}`
  );
  return Object.entries(module).flatMap(([exported, value]) =>
    isJourney(value) ? [{ type: journeyTypeName(value.definition), exported }] : [],
  );
}

function isRepeated(journey: JourneyFile, index: number, all: readonly JourneyFile[]): boolean {
  return all.findIndex(({ type }) => type === journey.type) < index;
}

/** `a@2` before `a@10`. */
function byTypeName(a: JourneyFile, b: JourneyFile): number {
  return a.type.localeCompare(b.type, 'en', { numeric: true });
}

/** A finding about a file as a whole. */
export function about(file: string, rule: string, sentence: string): Finding {
  return { file, line: 1, column: 1, rule, sentence };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
