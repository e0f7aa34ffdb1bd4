import { describe, expect, it } from 'vitest';
import { readReply } from '../../domain/opt-out-words.ts';
import { english } from '../../domain/opt-out-words/english.ts';
import { korean } from '../../domain/opt-out-words/korean.ts';
import { portuguese } from '../../domain/opt-out-words/portuguese.ts';
import { spanish } from '../../domain/opt-out-words/spanish.ts';

/** Messages, parted by strokes. */
function table(messages: string): string[] {
  return messages.split(/[/\n]/).flatMap((message) => (message.trim() === '' ? [] : [message.trim()]));
}

/** The words that 47 CFR 64.1200(a)(10) calls reasonable, the defaults of carriers and of Twilio, and 수신거부 and its kin. */
const bareStops = table(`
  STOP / stop / Stop. / STOP!!! / stop / STOPALL / stop all / S.T.O.P / S T O P / ＳＴＯＰ / 🛑 STOP
  stop 🙏 / QUIT / END / REVOKE / OPT OUT / opt-out / OPTOUT / CANCEL / UNSUBSCRIBE / unsub
  Please stop / stop pls / Cancel please / remove me / Enough! / Stop it / ok stop thanks
  Leave me alone / 수신거부 / 수신 거부 / 거부 / 그만 / 그만! / 그만해 / 중지 / 해지 / 차단 / 수신차단 / 구독취소 / 스톱 / 받기 싫어요
  이제 그만 / PARAR / Pare / SAIR / sair por favor / Cancelar / descadastrar / Não quero mais / chega!
  ALTO / BAJA / baja por favor / Basta ya / No más / SALIR / detener
`);

const stops = table(`
  Plz stop sending msgs / This is harassment, stop / STOP ALL MESSAGES / Stop promo texts
  stop these annoying messages / I asked you to stop / Please take my number off your list
  cancel texts / no texts please / Please cease communication / Remove from list
  I don't want to hear from you / do not text this phone / Unsubscribe from all / STOP 🛑🛑
  stop, thanks / Please quit / please end / stoppp / STOPP / stop!!!!!please / never text me
  광고 보내지 마 / 카톡 보내지마세요 제발 / 알림톡 차단해주세요 / 앞으로 연락하지 말아주세요 / 수신거부요청합니다 / 수신동의 취소할게요 / 문자 끊어주세요 / 그만 좀 보내
  이제 문자 안 받겠습니다 / 다신 보내지 마 / não envie mais sms / parem de me ligar / quero cancelar as mensagens
  no me envíen más correos / deje de molestarme / dar de baja por favor
  Stop sending me this crap / PLEASE STOP!!! 😡 / stop contacting me please / STOP txting me / stop txt
  I want out / no more / No thanks, stop / Do not text / don't text / DO NOT CONTACT / pls stop msging
  Stop, I already bought it / stop sms / quit it / quit sending me these / take me off
  remove me from the list pls / please remove / discontinue messages / please discontinue
  I'm not interested, stop / can u stop / How do I stop these messages? / how can i stop getting these
  how do i get off this list / UNSUSCRIBE / unsubcribe / please un-subscribe me
  I never signed up for this. Stop. / who is this? stop texting / dont ever text me again
  stop sending offers / I don't want offers / not interested / stop promotions / End messages
  please end these texts / block / spam / report spam / Wrong number / wrong number stop
  이런 거 보내지 마세요 / 문자 그만 좀요 / 문자 보내지 말아주세요 / 광고 그만 / 광고문자 차단 / 수신거부부탁 / 무료수신거부 / 보내지 말라니까
  더이상 문자 안 보내셨으면 좋겠어요 / 안 보내주셔도 돼요 / 문자 안 받고 싶어요 / 톡 그만 보내 / 제 번호 삭제해주세요 / 번호 지워주세요 / 번호 빼주세요
  개인정보 삭제해주세요 / 스팸 / 귀찮아요 그만 / Stop whatsapping me / por favor pare / para de mandar mensagem
  não mande mais / me descadastra / remover meu numero / quiero salir de la lista / no enviar más
  ya no me envíen mensajes / ya no quiero mensajes / deja de mandarme cosas / no me mandes más
  stop por favor / BAJA.
  please stop texting me / Please, stop sending me these messages. / STOP TEXTING ME
  stop messaging this number / Can you please stop this now? / I said stop / I SAID STOP!
  stop. seriously. / Would you stop sending me stuff / hey, stop / I want you to stop
  I told you to stop! / Why don’t you stop texting me / why don't you stop emailing me??
  when will you stop texting me / stop with the texts / Don't text me again. / do not contact me
  don’t message me anymore / never call me again / dont text this number
  Do not send me any more messages / don't send me texts / dont send anything anymore
  do not send any more promotional emails / How do I unsubscribe? / unsubscribe me please
  I want to unsubscribe from this / I would like to opt out / opt me out of this
  Take me off your list / take me off this list please / remove my number
  Please remove me from your list / delete my number from your system / No more messages, please
  no more texts / no more of these / No more marketing texts! / I don't want to receive these texts
  I no longer wish to receive messages / i dont want your emails / I don't want these.
  I do not wish to be contacted / Not interested in your promotions / I revoke my consent
  I withdraw consent / cancel my subscription / end these messages / quit texting me
  Cease messaging me / Lose my number / Just leave me alone / fuck off / stop spamming / stop the spam
  Don't stop the discounts but stop texting me at work / Where is my order? And stop these texts
  Stop all of these messages / Stop emails / 수신거부 해주세요 / 수신 거부합니다 / 수신거부 부탁드려요 / 수신거부 방법 알려주세요
  광고 수신을 거부합니다 / 수신 차단 부탁드립니다 / 그만 보내세요 / 그만 보내주세요 / 이제 그만 보내요 / 그만좀 보내라 / 문자 그만 / 문자 좀 그만 보내주세요
  광고 문자 그만 보내 / 카톡 그만 보내세요 / 보내지 마세요 / 더 이상 보내지 마세요 / 보내지 말아 주세요 / 문자 보내지 마 / 광고 보내지 말라고요 / 연락하지 마세요
  연락 주지 마세요 / 다시는 연락하지 말아주세요 / 전화하지 마세요 / 문자하지마세요 / 더 이상 수신을 원하지 않습니다 / 수신 원치 않습니다 / 광고 받고 싶지 않아요
  문자 받기 싫어요 / 이제 안 받을게요 / 더 이상 받고 싶지 않습니다 / 마케팅 동의 철회합니다 / 수신동의 철회 / 구독 취소해 주세요 / 구독을 해지할게요 / 스팸 신고합니다
  차단할게요 / 주문 안 할 테니 광고 문자 그만 보내세요 / 이런 문자 필요없어요 / 광고 사절 / Pare de me enviar mensagens
  Parem de mandar sms / Não quero mais receber mensagens / não quero receber isso
  Não me mande mais mensagens / Não me perturbe. / Me tira dessa lista / remova meu número
  Quero sair da lista / deixa de me mandar propaganda / Cancelar minha inscrição
  Deje de enviarme mensajes / Dejen de escribirme / No quiero recibir más mensajes
  no me interesa recibir publicidad / No me manden más mensajes / No me escriban más.
  Quiero darme de baja / Elimine mi número / quítenme de la lista / Cancelar mi suscripción
  basta de mensajes
`);

const notStops = table(`
  I got my order, thanks! / the link doesn't stop loading / page stops loading
  what are the end dates for the offer / can you cancel / is it the end of the sale
  do you stop shipping on Friday / my spam folder had it / not interested in blue, do you have red
  I unsubscribed by mistake / the wrong number of items arrived / off the list price?
  don't contact the courier yet / please don't email the invoice to my boss / block colour in stock?
  remove the tag before shipping / I'd like to end up with two / quitting time / stopover
  please stop the order from shipping / stop my order / 그만 주문할게요 / 할인 그만하면 안 돼요 / 그만하면 괜찮네요
  연락처 알려주세요 / 번호 바꿨어요 / 거부 반응 없나요 / 중지된 결제 어떻게 해요 / 사이즈 안 맞아서 못 받겠어요 / 택배 안 받을게요 반품해주세요
  para o natal chega? / pare de sofrer com preços altos haha / chega amanhã? / sai hoje?
  baja un poco el precio / no llega mi pedido / alto precio
  I can't wait / stop it I love this! so cute / this sale won't stop me lol / do not forget my order
  don't call, text me instead / Does it come in blue? don't want the red / is there an end date
  When will the offers end? / please cancel my order and refund / quit worrying it's fine
  I need to return it / remove one from my order / Can you remove the engraving / opting for express
  how long until the sale stops? / stop at 5pm? / no more than two please
  I don't want to wait any more / Don't send it yet / contact me at noon
  Please text me when it arrives / 그만 사야 하는데 또 샀네요 / 정말 그만한 가치가 있네요 / 그만한 게 없어요 / 거절당했어요 카드가
  결제가 거절됐어요 / 배송 중단됐나요? / 판매 중단된 건가요? / 차단 쿠션 있나요 / 자외선 차단제 있나요 / 구독 신청하고 싶어요 / 탈퇴하면 포인트는요? / 취소해 주세요
  필요한 거 있으면 연락할게요 / 연락 바랍니다 / 메일로 보내주세요 / 문자 받았는데 할인코드가 안 돼요 / 톡 주세요 / 광고에서 본 제품 맞나요? / 싫어하는 색이에요
  전화 안 받으시네요 / 메일이 안 와요 / para mim / para quando fica pronto? / quero cancelar o item
  não recebi mensagens / no recibí el correo / para mi mamá / alto ahí jaja no, es broma
  ¿Tienen talla para mí? / salir de dudas: ¿es azul? / 문자 안 받았어요 / 메일 받지 않았어요 / 메일이 오지 않아요
  don't stop the discounts / Don’t stop the discounts! / please don't stop
  Never stop sending me these / don't stop texting me lol / do not unsubscribe me
  I don't want to unsubscribe / I don't want to miss your messages
  I don't want these messages to stop / don't cancel my messages / don't you dare stop
  I will stop by the shop tomorrow / Can I stop by? / I'll stop in at noon / Where is the bus stop?
  is it near the next stop / I can't stop smiling / we won't stop buying / non-stop flights?
  Love your one-stop shop / The parcel stopped in Leeds / unstoppable! / nonstop
  full stop missing in my name / When does the sale end? / Cancel my order / please cancel order 4411
  I want to cancel one item / remove the mug from my cart / the end of the week is fine
  I quit smoking / I'd opt for the blue one / no more blue mugs? / Are there no more in stock?
  Don't send it to my old address / please don't send the parcel before Monday
  Do you text when it ships? / Could you text me the tracking number? / call me please / Yes / ok
  thanks / No / Is it still there? / 👍 / ??? / take me to the page
  delete the second line of my order / enough for two people? / I don't want the red one
  I do not want gift wrap / not interested in the red one / that was quite stunning / help me choose
  what is the info on sizes / how do I start? / stopwatch in stock? / door stop, two pieces / 그만큼 좋아요
  이제 그만 고민하고 살게요 / 회사 그만두고 쇼핑 중이에요 / 할인 중단하지 마세요 / 할인 그만하지 마세요 / 문자 그만 보내지 마세요 / 계속 보내주세요 / 더 보내주세요
  또 연락 주세요 / 언제 배송되나요? / 상품 아직 보내지 마세요 / 택배는 월요일 전에 보내지 마세요 / 주문 취소해 주세요 / 수신거부 안 했는데요 / 수신거부한 적 없어요
  거부감이 없어요 / 문자 주세요 / 연락 주세요 / 광고 보고 왔어요 / 네 / 감사합니다 / 좋아요 / 차단기 있어요? / 구매를 취소할게요 / 색이 싫어요
  포장은 필요 없어요 / 매장이 어디예요 / 전화번호 알려주세요 / Não pare os descontos / não deixem de me enviar ofertas
  Não quero perder as promoções / Quando vai sair o pedido? / cancelar meu pedido
  não quero a caneca azul / é para quando? / é para minha mãe / Não envie o pedido ainda
  vou sair hoje / No pare los descuentos / no dejen de enviarme ofertas / ¿Cuándo baja de precio?
  cancelar mi pedido / no quiero perderme las ofertas / ¿Para cuándo llega? / no quiero la taza azul
`);

describe('a reply that asks to stop', () => {
  it.each(bareStops)('%j, and says nothing else', (text) => {
    expect(readReply(text)).toEqual({ meaning: 'stop', bare: true });
  });

  it.each(stops)('%j', (text) => {
    expect(readReply(text).meaning).toBe('stop');
  });

  it.each(
    [english, korean, portuguese, spanish].flatMap(({ sentences }) =>
      sentences.map(({ example }) => example),
    ),
  )('is what each wording is there for: %j', (example) => {
    expect(readReply(example).meaning).toBe('stop');
  });

  it('is each single word of the tables', () => {
    for (const { words } of [english, korean, portuguese, spanish]) {
      for (const word of words.stop) expect(readReply(word), word).toEqual({ meaning: 'stop', bare: true });
    }
  });
});

describe('a reply that does not', () => {
  it.each(notStops)('%j', (text) => {
    expect(readReply(text).meaning).not.toBe('stop');
  });
});

describe('the other two words', () => {
  it.each(['START', 'start please', 'UNSTOP', '수신거부 해제', '수신거부 취소', 'começar', 'comenzar'])(
    '%j lets us write again',
    (text) => {
      expect(readReply(text)).toEqual({ meaning: 'start', bare: true });
    },
  );

  it.each(['when does the sale start?', 'yes', "I'd like to start a return", 'start over'])(
    '%j does not',
    (text) => {
      expect(readReply(text).meaning).not.toBe('start');
    },
  );

  it.each(['HELP', 'Help!', 'info', '도움말', 'ajuda', 'ayuda'])('%j asks who we are', (text) => {
    expect(readReply(text)).toEqual({ meaning: 'help', bare: true });
  });

  it.each(['help me choose a mug', 'can you help with my order', 'ajuda com o pedido'])(
    '%j is a question',
    (text) => {
      expect(readReply(text)).toEqual({ bare: false });
    },
  );
});

it.each(['', '   ', '???', '👍'])('%j says nothing', (text) => {
  expect(readReply(text)).toEqual({ bare: false });
});

/** The shortest of some attempts, in milliseconds: what a busy machine adds, it adds to the others. */
function fastest(work: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.min(...times);
}

describe('a text of ten times the length', () => {
  const shorter = 1000;
  const times = 10;

  it.each(['stop ', 'do not want ', 'please ', '그만', 'a.', 'end ', '수신', '보내지', 'não quero '])(
    'of %j takes about ten times as long to read, and not a hundred',
    (words) => {
      const text = words.repeat(Math.ceil(shorter / words.length));
      const short = fastest(() => Array.from({ length: times }, () => readReply(text)));
      const long = fastest(() => readReply(text.repeat(times)));
      // Both read the same number of letters. A pattern that looks back from every place would need ten times the time.
      expect(long / short).toBeLessThan(4);
    },
  );
});
