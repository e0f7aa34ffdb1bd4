import type { JourneyName } from './journey-name.ts';
import type { JourneyOutline } from './journey-outline.ts';

/** The file of the journey. */
export function journeyText({ name, constant }: JourneyName, outline: JourneyOutline): string {
  const { event, subject, keyField, endsOn } = outline;
  return `import { defineJourney } from '../journey.ts';

/** One message after ${event}, unless something ends it first. */
export const ${constant} = defineJourney(
  {
    name: '${name}',
    version: 1,
    startsOn: '${event}',
    key: (${subject}) => ${subject}.${keyField},
    startsAfter: '30 minutes',
    endsOn: [${endsOn.map((end) => `'${end}'`).join(', ')}],
    reentry: 'once-per-key',
  },
  async (${subject}, { send, exit }) => {
    const message = await send('${name}', { ${subject}: ${subject}.${keyField} });
    if (message.status === 'skipped') return exit(message.reason);

    return exit('told');
  },
);
`;
}
