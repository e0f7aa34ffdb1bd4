export { bareStart, startAtOnce as 'start-at-once@1', thirtyDays as 'thirty-days@1' } from './stories.ts';
