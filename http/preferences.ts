import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { PreferenceBook, PreferenceChanges } from '../client/preferences.ts';
import { channelNames } from '../domain/channel-name.ts';
import { readFormBodies } from './form-body.ts';
import {
  consentWording,
  pauses,
  preferencesPageHeaders,
  renderPreferencesPage,
  type PreferencesPage,
} from './preferences-page.ts';
import { replyUnknownLink } from './unknown-link.ts';

export interface PreferenceRoutesDeps {
  /** Whose preferences a token opens; nothing for one that is not ours. */
  readonly verify: (token: string) => string | undefined;
  readonly preferences: PreferenceBook;
  /** The shop's name, shown on the pages. */
  readonly brand: string;
}

interface TokenRoute {
  Params: { token: string };
}

/**
 * The preference page, `/p/<token>`: a form in plain HTML, without login, script or cookie.
 *
 * The token is all that lets anybody in, and it travels in the path: a page elsewhere that posts here would have to know
 * it, and nothing that a browser adds by itself (cookies) counts, so there is nothing to forge. POST answers with the page
 * as it is afterwards, in force. A token that is not ours is a page that is not there, whoever exists.
 */
export function preferenceRoutes({ verify, preferences, brand }: PreferenceRoutesDeps): FastifyPluginAsync {
  return async function routes(app) {
    readFormBodies(app);

    app.get<TokenRoute>('/p/:token', async (request, reply) => {
      const customer = verify(request.params.token);
      if (customer === undefined) return replyUnknownLink(request, reply, brand);
      const found = await preferences.read(customer);
      if (found === undefined) return show(request, reply, { kind: 'nobody' });
      return show(request, reply, { kind: 'form', preferences: found, saved: false });
    });

    app.post<TokenRoute>('/p/:token', async (request, reply) => {
      const customer = verify(request.params.token);
      if (customer === undefined) return replyUnknownLink(request, reply, brand);
      const changes = readPreferenceForm(typeof request.body === 'string' ? request.body : '');
      const now =
        changes === undefined ? await preferences.read(customer) : await preferences.save(customer, changes);
      if (now === undefined) return show(request, reply, { kind: 'nobody' });
      return show(request, reply, { kind: 'form', preferences: now, saved: changes !== undefined });
    });
  };

  function show(request: FastifyRequest, reply: FastifyReply, page: PreferencesPage) {
    return reply
      .headers(preferencesPageHeaders)
      .send(renderPreferencesPage(page, brand, request.headers['accept-language']));
  }
}

/**
 * What a posted form asks for; nothing for a body without an action, such as a scanner's. Ticks are held against what the
 * page showed (`had`), so that only what the customer changed is changed.
 */
export function readPreferenceForm(body: string): PreferenceChanges | undefined {
  const form = new URLSearchParams(body);
  const action = form.get('action');
  if (action === 'stop') return { channels: { email: false, sms: false, whatsapp: false } };
  if (action !== 'save') return undefined;
  const language = form.get('language');
  const hadLanguage = form.get('had-language');
  const pauseDays = [0, ...pauses].find((days) => form.get('pause') === String(days));
  return {
    channels: flipped(form.getAll('had'), form.getAll('channel'), channelNames),
    topics: flipped(form.getAll('had-topic'), form.getAll('topic')),
    ...(language === null || language === hadLanguage ? {} : { language }),
    ...(pauseDays === undefined ? {} : { pauseDays }),
    wording: consentWording(hadLanguage ?? 'en'),
  };
}

/** What is ticked and was not, and the other way round. */
function flipped<Name extends string>(
  had: readonly string[],
  has: readonly string[],
  known: readonly Name[],
): Readonly<Partial<Record<Name, boolean>>>;
function flipped(had: readonly string[], has: readonly string[]): Readonly<Record<string, boolean>>;
function flipped(had: readonly string[], has: readonly string[], known?: readonly string[]) {
  const names = [...new Set([...had, ...has])].filter((name) => known?.includes(name) ?? true);
  const changed = names.filter((name) => had.includes(name) !== has.includes(name));
  return Object.fromEntries(changed.map((name) => [name, has.includes(name)]));
}
