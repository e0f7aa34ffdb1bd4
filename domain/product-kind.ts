/** How a product is used, as far as it matters to when and how we write about it. */
export const productKinds = ['food', 'electronics', 'skincare', 'other'] as const;
export type ProductKind = (typeof productKinds)[number];

/** Parts of the shop's own names of its categories. Add the words of yours. */
const words: readonly { readonly kind: ProductKind; readonly words: readonly string[] }[] = [
  { kind: 'skincare', words: ['skincare', 'skin care', 'cosmetic', 'beauty', '스킨케어', '화장품', '뷰티'] },
  { kind: 'electronics', words: ['electronic', 'appliance', '전자', '가전'] },
  { kind: 'food', words: ['food', 'grocer', 'snack', 'drink', '식품', '음료', '간식'] },
];

/** The kind of a category such as "Food & drink" or "스킨케어"; `other` for one that nobody has told or foreseen. */
export function productKindOf(category: string | null | undefined): ProductKind {
  const name = category?.toLowerCase() ?? '';
  return words.find((entry) => entry.words.some((word) => name.includes(word)))?.kind ?? 'other';
}
