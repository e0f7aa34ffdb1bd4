import * as blackFriday from './black-friday.ts';
import * as seollal from './seollal.ts';

/** Every campaign of the shop. A new series is a file beside this one, and a line here. */
export const campaigns = [...Object.values(blackFriday), ...Object.values(seollal)];
