import { listed, type Wordings } from './wordings.ts';

/** Things that a shop sends besides messages: 보내다 and 받다 are said of parcels as well. */
const goods = '(?:상품|제품|물건|택배|배송|주문|사은품|샘플|포장|선물|영수증|송장)';
const messages =
  '(?:문자|메시지|메세지|광고|연락|메일|이메일|카톡|카카오톡|톡|알림|알림톡|스팸|홍보|마케팅|전화|와츠앱|왓츠앱)';
const particle = '(?:들?)(?:는|은|을|를|도|이|가|좀|따위)*';

/**
 * 수신거부 is the word of the law (Network Act art. 50(4), annex 6 of its Decree); the others are how people say it.
 * Matched without spaces, which people leave out or put in as they like.
 */
export const korean: Wordings = {
  spaced: false,
  words: {
    stop: listed(`
      수신거부, 수신거부요, 거부, 거부합니다, 그만, 그만요, 그만해, 그만해요, 그만하세요, 중지, 중단, 해지, 차단, 정지, 수신차단, 수신중단, 수신중지,
      수신거절, 거절, 구독취소, 구독해지, 구독중지, 수신해지, 철회, 동의철회, 수신동의철회, 탈퇴, 스톱, 스탑, 싫어요, 필요없어요, 필요없습니다,
      광고싫어요, 이제그만, 제발그만, 받기싫어요, 안받을게요, 안받을래요, 안받습니다, 안받아요, 꺼져, 스팸
    `),
    start: listed(
      '수신거부해제, 수신거부철회, 수신거부취소, 수신재개, 재개, 차단해제, 다시받기, 다시받을게요',
    ),
    help: listed('도움말, 도움, 도와주세요, 안내'),
  },
  courtesies: [],
  negated: [
    /[^.]*수신거부(?:를|는)?(?:안|하지않|한적없|한적이없|아니|안했|풀어|해제|취소)[^.]*/g,
    // The goods must not be sent, or not yet; nothing is said of messages.
    new RegExp(`(?<=\\.)(?![^.]*(?:${messages}|수신))[^.]*${goods}[^.]*`, 'g'),
    // "this much", "quit a job", "stop hesitating"; "keep sending".
    /그만큼|그만두|그만고민/g,
    /[^.]*(?:계속|자주|더|또)(?:보내|받|연락)(?:주세요|주시|고싶|을게요|을래요|드려요|줘|해주)[^.]*/g,
    // "do not stop"
    /[^.]*(?:그만|중단|중지|차단|멈추)(?:하|되|보내)?지(?:는)?(?:마|말|않)[^.]*/g,
  ],
  sentences: [
    { pattern: /수신(?:을|은|는)?(?:거부|차단|중지|중단|거절|해지|철회)/, example: '수신거부 해주세요' },
    { pattern: /수신(?:을)?원(?:하지|치)않/, example: '더 이상 수신을 원하지 않습니다' },
    {
      pattern:
        /그만(?:좀|만)?(?:보내|발송|연락|문자|톡|카톡|메일|전화|받을|받고|하세요|하시|해주|해라|오게|왔으면)/,
      example: '그만 보내세요',
    },
    {
      pattern: new RegExp(
        `${messages}${particle}(?:제발|이제|이젠|더이상|다시는|앞으로|좀)*(?:그만|중단|중지|차단|거부|끊|사절|금지|하지마|하지말|보내지|주지마|주지말|안받(?:을|겠|고싶|습니다)|받지않(?:을|겠|습니다|고)|받고싶지|받기싫|원하지않|원치않|필요없|싫|안보내|보내지마|안왔으면)`,
      ),
      example: '광고 문자 좀 그만 보내주세요',
    },
    { pattern: /보내지(?:좀)?(?:마|말)|안보내(?:주셔도|주시면|도)/, example: '더 이상 보내지 마세요' },
    { pattern: /그만(?:요|해요|해|좀)?\./, example: '귀찮아요 그만' },
    {
      pattern: /번호(?:를|좀)?(?:삭제|지워|빼|제거)|개인정보(?:를|좀)?(?:삭제|파기)/,
      example: '제 번호 지워주세요',
    },
    {
      pattern: /연락(?:을|은|좀)?(?:하지|주지)?(?:마세|마요|마라|말아|마시|마\.|말\.|하지마)/,
      example: '연락하지 마세요',
    },
    {
      pattern: /(?:구독|수신동의|동의|마케팅|마케팅동의)(?:을|를)?(?:취소|해지|철회|중지|중단)/,
      example: '마케팅 동의 철회합니다',
    },
    {
      pattern:
        /(?:더이상|이제|앞으로)(?:는)?(?:안받(?:을|겠|고싶|습니다)|받지않(?:을|겠|습니다|고)|받고싶지|받기싫|필요없|싫)/,
      example: '이제 안 받을게요',
    },
    { pattern: /(?:스팸|차단)(?:신고|처리|합니다|할게요|하겠|해주|해요|했)/, example: '스팸 신고합니다' },
  ],
};
