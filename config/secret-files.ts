import { readFileSync } from 'node:fs';
import { PerennialError } from '../domain/perennial-error.ts';

/** Settings that may stand in a file instead: what containers and vaults hand to a process. */
const secretNames = [
  'DATABASE_URL',
  'PERENNIAL_SECRET',
  'PERENNIAL_FORMER_SECRETS',
  'SMTP_URL',
  'SENDGRID_API_KEY',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_AUTH_TOKEN_SECONDARY',
] as const;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The variables, with those that `<NAME>_FILE` names read from their files, without the line break at the end.
 *
 * @throws PerennialError `environment-invalid` when a file cannot be read, or when both are set: one would be ignored.
 */
export function withSecretFiles(variables: Variables): Variables {
  const found = secretNames.flatMap((name) => {
    const file = variables[`${name}_FILE`];
    return file === undefined || file === '' ? [] : [[name, readSecretFile(name, file, variables)] as const];
  });
  return { ...variables, ...Object.fromEntries(found) };
}

function readSecretFile(name: string, file: string, variables: Variables): string {
  if (variables[name] !== undefined && variables[name] !== '') {
    throw invalid(`${name} and ${name}_FILE are both set; unset one of them`);
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw invalid(`${name}_FILE names ${file}, which cannot be read`, cause);
  }
}

function invalid(problem: string, cause?: unknown): PerennialError {
  return new PerennialError('environment-invalid', `The environment is not right: ${problem}.`, { cause });
}
