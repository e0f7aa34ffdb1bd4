import { newSid } from './taken-message.ts';

/** A content template as a test gives it to the server. */
export interface Content {
  readonly sid: string;
  readonly name: string;
  readonly language: string;
  /** With places `{{1}}`, `{{2}}`. */
  readonly body: string;
  readonly category: 'MARKETING' | 'UTILITY';
  readonly status: string;
  readonly rejectionReason?: string;
}

export function createContent(content: Partial<Content> & Pick<Content, 'name' | 'body'>): Content {
  return { sid: newSid('HX'), language: 'en', category: 'MARKETING', status: 'approved', ...content };
}

export function fillContent({ body }: Content, variables: Readonly<Record<string, string>>): string {
  return body.replace(/\{\{(\d+)\}\}/g, (place, number: string) => variables[number] ?? place);
}

/** `GET /v1/Content/{sid}`; with the approval, a row of `GET /v1/ContentAndApprovals`. */
export function contentResource(content: Content, accountSid: string): object {
  return {
    sid: content.sid,
    account_sid: accountSid,
    friendly_name: content.name,
    language: content.language,
    variables: {},
    types: { 'twilio/text': { body: content.body } },
    date_created: '2026-11-01T09:00:00Z',
    date_updated: '2026-11-02T09:00:00Z',
  };
}

/** What Meta says: `GET /v1/Content/{sid}/ApprovalRequests`. */
export function approvalResource({ name, category, status, rejectionReason = '' }: Content): object {
  return {
    name,
    category,
    content_type: 'twilio/text',
    status,
    rejection_reason: rejectionReason,
    allow_category_change: true,
  };
}
