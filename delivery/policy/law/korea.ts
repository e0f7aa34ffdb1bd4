import { everyDay, type LawTable } from './law-table.ts';

const act = 'Network Act (정보통신망법)';

/** South Korea. The statute was read in its consolidated version in force in October 2026 (github legalize-kr/legalize-kr). */
export const korea: LawTable = {
  name: 'KR',
  version: '2026-11-23',
  countries: ['KR'],
  hours: [
    {
      // The exempt medium is e-mail: Decree art. 61(2).
      name: 'kr-night',
      channels: ['sms', 'whatsapp'],
      week: everyDay('08:00', '21:00'),
      zone: 'Asia/Seoul',
      liftedByNightConsent: true,
      source: `${act} art. 50(3), Enforcement Decree art. 61(2)`,
      read: '2026-10-31',
    },
  ],
  wording: {
    rule: 'KR 2026-11-23',
    label: '(광고)',
    // Annex 6 names [광고], (광 고), (광.고) and ("광고"); a full-width bracket is another spelling of the same trick.
    forbiddenLabels: [
      /[([{<（［〔【《「『]\s*["'“”‘’]?\s*광[\s.·・,*_\-~/|]*고\s*["'“”‘’]?\s*[)\]}>）］〕】》」』]/gu,
    ],
    refusal: '무료수신거부',
    mail: {
      language: 'ko',
      unsubscribe: [
        { before: '수신을 원하지 않으시면 ', link: '수신거부', after: '를 눌러 주세요.' },
        { before: 'If you do not want to receive these messages, click ', link: 'unsubscribe', after: '.' },
      ],
      phone: '전화',
      email: '이메일',
    },
    source: `${act} art. 50(4) and (6), Enforcement Decree annex 6`,
  },
  usualPhoneChannel: 'sms',
};
