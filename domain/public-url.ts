/**
 * The longest `PUBLIC_URL`, in characters. It stands at the beginning of every link of ours, text messages are paid by
 * the letter, and `perennial check` counts their segments with links of this length.
 */
export const longestPublicUrl = 49;
