import type { EventOf } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { VariantWord } from '../../store/variants.ts';

export type ProductEvent = EventOf<
  'product.updated' | 'product.viewed' | 'product.launched' | 'stock.returned' | 'price.dropped'
>;

/** What an event says about its variant; a view says nothing. */
export function wordOf(event: ProductEvent, at: Instant): VariantWord | undefined {
  switch (event.type) {
    case 'product.updated':
      return { ...event.data, at };
    case 'product.launched':
      return { variant: event.data.variant, at, category: event.data.category };
    case 'stock.returned':
      return { variant: event.data.variant, at, stock: event.data.units };
    case 'price.dropped':
      return { variant: event.data.variant, at, price: event.data.new };
    case 'product.viewed':
      return undefined;
    default:
      return event satisfies never;
  }
}
