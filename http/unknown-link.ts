import type { FastifyReply, FastifyRequest } from 'fastify';
import { definePage, pageLanguage, type PageLanguage } from './page.ts';

interface Words {
  readonly title: string;
  readonly text: string;
}

const wordsIn: Readonly<Record<PageLanguage, Words>> = {
  en: {
    title: 'This link does not work.',
    text: 'It may have been cut off. Please use the whole link from the message, or write to us.',
  },
  ko: {
    title: '사용할 수 없는 링크입니다.',
    text: '링크가 잘렸을 수 있어요. 메시지에 있는 전체 링크를 사용하시거나 저희에게 알려 주세요.',
  },
};

const page = definePage();

/** Answers a link of a message that is not ours: the page that is not there, in the language of whoever followed it. */
export function replyUnknownLink({ headers }: FastifyRequest, reply: FastifyReply, brand: string) {
  const language = pageLanguage(headers['accept-language']);
  const { title, text } = wordsIn[language];
  return reply
    .code(404)
    .headers(page.headers)
    .send(page.render({ language, brand, title, main: `<p>${text}</p>\n` }));
}
