import { isApiKey } from '../store/api-keys.ts';
import type { Queryable } from '../store/database.ts';

/** A revoked key is refused at the latest after this long. */
const trustedForMs = 2000;
/** Guesses do not fill the memory. */
const mostRemembered = 1000;

interface Verdict {
  readonly isKey: boolean;
  readonly until: number;
}

/**
 * Checks keys against the database, and remembers the verdict for two seconds: one look-up for many calls. A clock that is
 * put back does not keep it longer.
 */
export function createApiKeyCheck(db: Queryable): (secret: string) => Promise<boolean> {
  const verdicts = new Map<string, Verdict>();
  return async (secret) => {
    const known = verdicts.get(secret);
    if (known !== undefined && known.until > performance.now()) return known.isKey;
    const isKey = await isApiKey(db, secret);
    if (verdicts.size >= mostRemembered) verdicts.clear();
    verdicts.set(secret, { isKey, until: performance.now() + trustedForMs });
    return isKey;
  };
}
