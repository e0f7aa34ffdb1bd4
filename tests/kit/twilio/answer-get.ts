import { approvalResource, contentResource } from './content-resource.ts';
import { Refusal } from './create-parameters.ts';
import { twilioAccount, type LocalAccount } from './local-account.ts';
import { resourceOf } from './taken-message.ts';

const { accountSid, messagingServiceSid } = twilioAccount;
const accountPath = `/2010-04-01/Accounts/${accountSid}`;

/** What Twilio shows at an address of its API, of those that a shop may ask for. @throws Refusal */
export function resourceAt({ pathname, searchParams }: URL, account: LocalAccount): object {
  if (pathname === `${accountPath}.json`) return { sid: accountSid, status: 'active', type: 'Full' };
  if (pathname === `/v1/Services/${messagingServiceSid}`) return { sid: messagingServiceSid };
  if (pathname === `${accountPath}/Messages.json`) return messagePage(searchParams, account);
  if (pathname === '/v1/ContentAndApprovals') return contentPage(searchParams, account);
  return messageAt(pathname, account) ?? contentAt(pathname, account) ?? notFound();
}

function notFound(): never {
  throw new Refusal(20404, 'The requested resource was not found', 404);
}

function messageAt(pathname: string, { taken }: LocalAccount): object | undefined {
  const message = taken.find(({ sid }) => pathname === `${accountPath}/Messages/${sid}.json`);
  return message === undefined ? undefined : resourceOf(message, accountSid);
}

/** Newest first. */
function messagePage(query: URLSearchParams, { taken }: LocalAccount): object {
  const size = Number(query.get('PageSize') ?? 50);
  const messages = taken
    .filter(({ to, from }) => to === (query.get('To') ?? to) && from === (query.get('From') ?? from))
    .toReversed()
    .slice(0, size)
    .map((message) => resourceOf(message, accountSid));
  return {
    messages,
    page: 0,
    page_size: size,
    next_page_uri: null,
    uri: '',
    first_page_uri: '',
    start: 0,
    end: 0,
  };
}

function contentAt(pathname: string, { contents }: LocalAccount): object | undefined {
  const [, sid = '', approvals] =
    /^\/v1\/Content\/(HX[0-9a-f]{32})(\/ApprovalRequests)?$/.exec(pathname) ?? [];
  const content = contents.get(sid);
  if (content === undefined) return undefined;
  return approvals === undefined
    ? contentResource(content, accountSid)
    : { sid, account_sid: accountSid, whatsapp: approvalResource(content) };
}

function contentPage(query: URLSearchParams, { contents }: LocalAccount): object {
  const size = Number(query.get('PageSize') ?? 50);
  const page = Number(query.get('Page') ?? 0);
  const all = [...contents.values()];
  const next = `https://content.twilio.com/v1/ContentAndApprovals?PageSize=${size}&Page=${page + 1}`;
  const hasMore = (page + 1) * size < all.length;
  return {
    contents: all.slice(page * size, (page + 1) * size).map((content) => ({
      ...contentResource(content, accountSid),
      approval_requests: content.status === 'unsubmitted' ? {} : approvalResource(content),
    })),
    meta: { key: 'contents', page, page_size: size, next_page_url: hasMore ? next : null },
  };
}
