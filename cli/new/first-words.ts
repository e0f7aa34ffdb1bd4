/**
 * What a new message says before anybody has written it. Each of its texts that a customer would read holds one of these,
 * so that `perennial check` can tell when it was forgotten.
 */
export const firstWords = {
  english: 'the first words of a new message',
  korean: '새 메시지의 첫 문장',
} as const;
