import { writeFile } from 'node:fs/promises';
import { rulesPage } from './rules-page.ts';

await writeFile(new URL('../../docs/rules.md', import.meta.url), rulesPage());
