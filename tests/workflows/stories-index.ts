export {
  clockwork as 'clockwork@1',
  forgetful as 'forgetful@1',
  gather as 'gather@1',
  gatherUntil as 'gather-until@1',
  idle as 'idle@1',
  reply as 'reply@1',
  sendWaitSend as 'send-wait-send@1',
  sendTwice as 'send-twice@1',
  stubborn as 'stubborn@1',
  together as 'together@1',
  variants as 'variants@1',
  waitSend as 'wait-send@1',
} from './stories.ts';
