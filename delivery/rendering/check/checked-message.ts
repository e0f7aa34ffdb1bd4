import type { MessageDefinition } from '../../../domain/message.ts';
import type { RequiredWording } from '../../../domain/required-wording.ts';
import type { StandardData } from '../../../domain/standard-data.ts';
import type { WordingToAdd } from '../required-wording.ts';

/** What the checker must know of a message: everything but its loader. */
export type CheckedMessage = Pick<
  MessageDefinition,
  'name' | 'purpose' | 'channels' | 'segmentBudget' | 'data' | 'sample'
>;

/** What the checker must know of the shop. */
export interface CheckedShop {
  readonly brand: StandardData['brand'];
  /** Languages that every message must be written in. */
  readonly languages: readonly string[];
  /** What the laws of its markets add to marketing; counted in sizes. */
  readonly wordings?: readonly WordingToAdd[];
  /** Rules whose labels code adds, so that no template may write them. */
  readonly wordingRules?: readonly RequiredWording[];
}
