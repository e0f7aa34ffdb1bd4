export {
  bareSendWaitSend,
  bareWaitSend,
  sendWaitAskSend as 'send-wait-ask-send@1',
  sendWaitSend as 'send-wait-send@1',
  waitSend as 'wait-send@1',
} from './workflows.ts';
