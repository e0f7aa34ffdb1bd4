import * as z from 'zod';
import { precompile } from '../../delivery/rendering/precompile.ts';
import { createRenderer, type Renderer } from '../../delivery/rendering/renderer.ts';
import { defineMessage } from '../../domain/message.ts';

/** A small message by e-mail. */
export const offer = defineMessage({
  name: 'bench-offer',
  purpose: 'marketing',
  class: 'once',
  channels: ['email'],
  usefulFor: '2 days',
  input: z.strictObject({ offer: z.string() }),
  data: z.strictObject({ offer: z.string() }),
  load: async ({ offer: words }) => ({ data: { offer: words } }),
  sample: { offer: 'Two for one' },
});

const stop = '<a href="{{links.unsubscribe}}">Unsubscribe</a>';

/** As MJML leaves it, a page of about eight kilobytes. */
const page = `<table>${'<tr><td style="padding:10px 25px;word-break:break-word">{{customer.name}}: {{offer}}</td></tr>'.repeat(80)}</table>${stop}`;

const words = {
  email: {
    subject: precompile('{{offer}}, {{customer.name}}', 'plain'),
    html: precompile(page, 'html'),
    text: precompile('{{offer}} {{links.unsubscribe}}', 'plain'),
  },
};

export function createOfferRenderer(): Renderer {
  return createRenderer({ templates: { 'bench-offer': { en: words, ko: words } } });
}
