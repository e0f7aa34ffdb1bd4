import { listed, type Wordings } from './wordings.ts';

const messages =
  '(?:texts?|txts?|messages?|msgs?|sms|e ?mails?|mails?|marketing|promos?|promotions?|promotional|ads?|adverts?|advertising|advertisements?|spam|notifications?|newsletters?|communications?|whatsapps?)';
const writing =
  '(?:texting|txting|texing|messaging|msging|sending|e ?mailing|mailing|contacting|writing|spamming|bothering|harassing|pestering|calling|whatsapping|advertising)';
const write = '(?:text|message|msg|e ?mail|mail|contact|call|write|spam|bother|whatsapp|sms)';
const any =
  '(?:any|all|the|these|those|this|your|such|more|of|with|me|us|out|getting|receiving|sending|marketing|promotional|annoying|stupid|bloody|damn|fucking|unwanted|constant|daily|useless)';

/**
 * Single words: what carriers and Twilio obey by default (providers reference 2.3), and those that the FCC names as
 * reasonable: stop, quit, end, revoke, opt out, cancel, unsubscribe (47 CFR 64.1200(a)(10)). "Yes" is not a start here: it
 * may well answer the message.
 */
export const english: Wordings = {
  spaced: true,
  words: {
    stop: listed(`
      i want out, quit it, block, block me, spam, report spam, not interested, im not interested, i am not interested,
      wrong number, discontinue, unsubcribe, unsuscribe, un subscribe, stop txt,
      stop, stopall, stop all, stop stop, stop stop stop, stop it, stop this, stop now,
      stop that, unsubscribe, unsub, unsubscribe me, unsubscribe all, cancel, end, quit,
      optout, opt out, opt me out, revoke, remove, remove me, delete me, no more, go away,
      leave me alone, enough
    `),
    start: listed('start, unstop, resubscribe, opt in, optin'),
    help: listed('help, info'),
  },
  courtesies: listed('please, pls, plz, now, thanks, thank, you, thx, ok, okay, hi, hello, kindly'),
  negated: [
    // "don't stop the discounts", "don't you dare stop", "I do not want you to unsubscribe me" – to the end of the thought.
    /(?<!why )\b(?:do not|dont|never|didnt|did not|please not)(?: (?:ever|please|want|wanna|wish|you|to|me|dare|mean|have|need|let|us))* (?:stop|quit|cease|unsubscribe|opt|cancel|remove|delete|miss|lose)\w*(?:(?! but )[^.])*/g,
    /\b(?:cant|cannot|can not|couldnt|wont|will not|wouldnt|non|not going to|no way to|without) stop\w*(?:(?! but )[^.])*/g,
    // "I don't want these messages to stop"
    /\b(?:do not|dont) want (?:the|these|this|those|your|them)\b[^.]*\bto (?:stop|end)\b/g,
    // "stop by the shop", "the bus stop".
    /\bstop(?:ping)? (?:by|in|over|at|off)\b/g,
    /\b(?:bus|next|last|first|one|full|pit|tram) stop\b/g,
  ],
  sentences: [
    {
      pattern:
        /\.(?:(?:please|pls|plz|kindly|just|now|ok|okay|hey|hi|hello|can|could|would|will|you|u|i|said|say|told|asked|want|to|need|this|it|that|all|everything|already|right|away|immediately|asap|forever|for|good|thanks|thank|the|damn|fucking|enough|and|me|sir|guys) )*stop(?: (?:please|pls|plz|now|just|it|this|that|these|all|everything|already|right|away|immediately|asap|forever|for|good|thanks|thank|you|u|and|sir|guys|enough|stop|ok|okay|me|the|damn|fucking))*\./,
      example: 'Can you please stop this now?',
    },
    {
      pattern: new RegExp(`\\b(?:stop|quit|cease|end|discontinue)(?: \\w+){0,2}? ${writing}\\b`),
      example: 'please stop texting me',
    },
    {
      pattern: new RegExp(`\\b(?:stop|quit|cease|end|discontinue)(?: ${any}){0,4} ${messages}\\b`),
      example: 'Stop all of these messages',
    },
    {
      pattern: new RegExp(
        `\\b(?:do not|dont|never) (?:ever )?${write} (?:me|us|here|again|any ?more|ever|this (?:number|phone)|my (?:number|phone))\\b`,
      ),
      example: "Don't text me again.",
    },
    {
      pattern: new RegExp(
        `\\b(?:do not|dont|never) (?:ever )?send (?:me |us )?(?:${any} ){0,4}(?:${messages}|anything|stuff|crap|again|any ?more|offers?)\\b`,
      ),
      example: 'Do not send me any more messages',
    },
    {
      pattern: /\bunsub\b|\bun ?(?:subscribe|subcribe|suscribe|subscibe|subscirbe)\b/,
      example: 'How do I unsubscribe?',
    },
    {
      pattern: /\bstop (?:getting|receiving) (?:these|this|those|them)\b/,
      example: 'How can I stop getting these?',
    },
    {
      pattern: /\b(?:get|be|taken) off (?:of )?(?:this|your|the) (?:\w+ )?list\b/,
      example: 'How do I get off this list?',
    },
    {
      pattern: /\b(?:do not|dont|never) (?:text|txt|message|msg|e ?mail|contact|spam|bother)\./,
      example: 'Do not contact.',
    },
    {
      pattern:
        /\.(?:wrong number|(?:im |i am )?not interested|who is this|enough|no thanks|no thank you|no) stop\./,
      example: 'wrong number stop',
    },
    { pattern: /\bopt(?:ing)?(?: me)? out\b|\boptout\b/, example: 'I would like to opt out' },
    {
      pattern:
        /\b(?:remove|delete|take) (?:me|us|my (?:number|phone|phone number|e ?mail|name|contact|details|info)) ?(?:\.|(?:off|from|out)\b)/,
      example: 'Take me off your list',
    },
    { pattern: /\bremove from (?:the |your |this )?list\b/, example: 'Remove from list' },
    {
      pattern: new RegExp(`\\.no ${messages}(?: please| thanks| thank you)?\\.`),
      example: 'no texts please',
    },
    { pattern: /\bremove (?:my|this) (?:number|phone|e ?mail)\b/, example: 'remove this number please' },
    {
      pattern: new RegExp(`\\bno more (?:${any} ){0,3}${messages}\\b|\\bno more (?:of )?(?:this|these)\\b`),
      example: 'No more messages, please',
    },
    {
      pattern: new RegExp(
        `\\b(?:do not|dont|no longer) (?:want|wish|like|need|care for|agree|consent)(?: \\w+){0,4} (?:${messages}|offers|contacted|hear from you)\\b`,
      ),
      example: "I don't want to receive these texts",
    },
    {
      pattern: /\b(?:do not|dont|no longer) want (?:these|this|them|any of this)(?: any ?more)?\./,
      example: "I don't want these.",
    },
    {
      pattern: new RegExp(`\\bnot interested in (?:\\w+ ){0,3}${messages}\\b`),
      example: 'Not interested in your promotions',
    },
    {
      pattern:
        /\b(?:revoke|withdraw|cancel|end) (?:my |this |the )?(?:consent|subscription|permission|opt in|alerts|messages|texts|marketing|newsletter)\b/,
      example: 'I revoke my consent',
    },
    {
      pattern: /\b(?:leave me alone|lose my number|fuck off|piss off|bugger off)\b/,
      example: 'Just leave me alone',
    },
  ],
};
