import type { MessageDefinition } from '../../../domain/message.ts';
import type { StandardData } from '../../../domain/standard-data.ts';

/** What the checker must know of a message: everything but its loader. */
export type CheckedMessage = Pick<
  MessageDefinition,
  'name' | 'purpose' | 'channels' | 'segmentBudget' | 'data' | 'sample'
>;

/** What the checker must know of the shop. */
export interface Shop {
  readonly brand: StandardData['brand'];
  /** Languages that every message must be written in. */
  readonly languages: readonly string[];
}
