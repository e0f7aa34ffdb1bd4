import * as z from 'zod';
import { readTemplateFiles } from '../../../delivery/rendering/template-files.ts';
import { contentSidOf } from '../../../simulation/approve-templates.ts';
import { createContent, type Content } from './content-resource.ts';

const words = z.object({ name: z.string(), category: z.enum(['marketing', 'utility']), body: z.string() });

/** The WhatsApp templates of a checkout as they are written now, as if all of them had been approved. */
export async function writtenTemplates(folder: string): Promise<readonly Content[]> {
  const { sources } = await readTemplateFiles(folder);
  return [...sources].flatMap(([path, text]) => {
    const [, language, file] = path.split('/');
    if (language === undefined || file !== 'whatsapp.json') return [];
    const { name, category, body } = words.parse(JSON.parse(text));
    const capitals = category === 'utility' ? 'UTILITY' : 'MARKETING';
    return [
      createContent({ name, language, body, category: capitals, sid: contentSidOf({ name, language }) }),
    ];
  });
}
