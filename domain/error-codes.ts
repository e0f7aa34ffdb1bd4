/**
 * Every error a person can meet, by its stable code. The sentence is the title of its page,
 * `docs/errors/<code>.md`; a test keeps this list and those pages equal in both directions.
 *
 * A code never changes its meaning and is never used again for something else.
 */
export const errorCodes = {
  'engine-go-missing': 'The Temporal server has to be built and Go is not installed',
  'engine-build-failed': 'Building the Temporal server failed',
  'engine-port-busy': 'A port that the engine needs is taken by another program',
  'engine-temporal-too-old': 'The Temporal server is older than the one Perennial needs',
  'engine-disk-full': 'There is no room left on the disk',
  'engine-data-in-use': 'The data folder is in use by another Perennial',
  'engine-start-failed': 'A part of the engine did not start',
  'engine-unreachable': 'The Temporal server or PostgreSQL cannot be reached',
  'journey-invalid': 'A journey is defined in a way that cannot be right',
  'journey-exists': 'There is a journey, a message or a test of that name already',
  'journey-index-stale': 'The list of journeys does not match the files',
  'released-journey-edited': 'A released version of a journey was changed',
  'released-journey-missing': 'A released version of a journey is not there any more',
  'world-stuck': 'A run of a simulation does not come to rest',
  'world-not-local': 'A simulation needs a Temporal server of its own on this machine',
  'scenario-invalid': 'A scenario file is not right',
  'duration-invalid': 'A duration is not written as a whole number and a unit',
  'customer-unknown': 'Nobody is known by that id, address or number',
  'migrations-pending': 'The database lacks migrations of this version',
  'schema-newer': 'The database was migrated by a newer version',
  'event-invalid': 'An event does not have the shape that its type asks for',
  'event-unknown-type': 'An event has a type that is not in the catalogue',
  'event-conflict': 'An event id was used again with another content',
  'too-many-events': 'One call carries more events than are accepted at once',
  'environment-invalid': 'Settings in the environment are missing or wrong',
  'file-unreadable': 'A file that a command was given cannot be read',
  'pause-target-unknown': 'There is no journey or channel of that name to pause',
  'engine-not-running': 'Neither a database nor an engine of this checkout is running',
  'template-invalid': 'A template cannot be compiled',
  'template-missing': 'A message has no words in any language of the customer',
  'rendering-failed': 'The data of a message do not fit its words',
  'delivery-in-flight': 'A delivery is still in the hands of another worker',
  'message-unsafe': 'A message holds characters that would break its headers',
  'request-invalid': 'A request could not be read',
  'api-key-invalid': 'A request carries no key, or one that is not accepted',
  'api-key-unknown': 'There is no API key with that beginning, or more than one',
  'not-found': 'There is nothing at that address',
  'temporarily-unavailable': 'The request could not be served just now',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCodes;
