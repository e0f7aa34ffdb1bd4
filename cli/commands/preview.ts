import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { makeFolder } from '../../config/make-folder.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { channelNames, type ChannelName } from '../../domain/channel-name.ts';
import { costWords, estimateSmsCost } from '../../domain/sms-cost.ts';
import type { RenderedMessage } from '../../domain/rendered-message.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import type { Output } from '../output.ts';

interface PreviewOptions extends CommonOptions {
  readonly language?: string;
  readonly channel: ChannelName;
  readonly country?: string;
  readonly out?: string;
  readonly all?: boolean;
}

export function previewCommand(): Command {
  return createCommand('preview', 'render a message with its sample data', [
    'preview cart-reminder',
    'preview cart-reminder --language ko --channel sms',
    'preview cart-reminder --language ko --channel sms --country KR',
    'preview cart-reminder --out /tmp/preview',
    'preview --all',
  ])
    .argument('[message]', 'a folder in templates/')
    .option(
      '--all',
      'instead: one page with every message, in each language, for each channel, with full and least data',
    )
    .option('--language <tag>', 'one of the supported languages; by default all')
    .addOption(new Option('--channel <channel>', 'which words').choices(channelNames).default('email'))
    .option('--country <code>', "as its law and prices make it, such as KR; by default the shop's own")
    .option('--out <folder>', 'where the files go; by default preview/ in the data folder')
    .action((message: string | undefined, options: PreviewOptions) =>
      runCommand(options, async (output) => {
        if (options.all === true) return writeGallery(options, output);
        if (message === undefined) throw nothingNamed();
        const previews = await renderPreviews(message, options);
        const folder = options.out ?? join(readEnvironment().dataFolder, 'preview');
        makeFolder(folder);
        const files = await Promise.all(previews.map((preview) => writePreview(folder, message, preview)));
        output.data(previews.map((preview, index) => ({ ...preview, file: files[index] })));
        for (const [index, preview] of previews.entries()) {
          output.say(`${preview.language}  ${summaryOf(preview)}${await costOf(preview, options)}`);
          output.say(`    ${files[index]}`);
        }
      }),
    );
}

async function writeGallery({ out }: PreviewOptions, output: Output): Promise<void> {
  const [
    { listExhibits },
    { galleryPage },
    { loadTemplatesOf },
    { createRenderer },
    { messages },
    { default: shop },
  ] = await Promise.all([
    import('../gallery/list-exhibits.ts'),
    import('../gallery/gallery-page.ts'),
    import('../../delivery/rendering/load-templates.ts'),
    import('../../delivery/rendering/renderer.ts'),
    import('../../templates/index.ts'),
    import('../../perennial.config.ts'),
  ]);
  const { checkout, dataFolder } = readEnvironment();
  const renderer = createRenderer({ templates: await loadTemplatesOf(checkout) });
  const exhibits = listExhibits({ messages, renderer, shop });
  const folder = out ?? join(dataFolder, 'preview');
  makeFolder(folder);
  const file = join(folder, 'gallery.html');
  await writeFile(file, galleryPage(shop.brand.name, exhibits));
  output.data({ file, exhibits });
  output.say(`Every message, in ${exhibits.length} forms: ${file}`);
}

function nothingNamed(): PerennialError {
  return new PerennialError('message-unknown', 'Name a message, or say --all to see them all on one page.');
}

/** An estimate, where the shop has given a price. */
async function costOf(preview: RenderedMessage, { country }: PreviewOptions): Promise<string> {
  if (preview.channel !== 'sms') return '';
  const { default: shop } = await import('../../perennial.config.ts');
  const cost = estimateSmsCost(shop.prices, country ?? shop.home.country, preview.segments);
  return cost === undefined ? '' : `  about ${costWords(cost)}`;
}

function summaryOf(preview: RenderedMessage): string {
  switch (preview.channel) {
    case 'email':
      return preview.subject;
    case 'sms':
      return `${preview.text}  (${preview.segments} segment${preview.segments === 1 ? '' : 's'})`;
    case 'whatsapp':
      return `${preview.text}  (${preview.category} template)`;
    default:
      return preview satisfies never;
  }
}

async function renderPreviews(
  name: string,
  { language, channel, country }: PreviewOptions,
): Promise<RenderedMessage[]> {
  const [
    { loadTemplatesOf },
    { createRenderer },
    { previewMessage },
    { messages },
    { wordingFor },
    { default: shop },
  ] = await Promise.all([
    import('../../delivery/rendering/load-templates.ts'),
    import('../../delivery/rendering/renderer.ts'),
    import('../../delivery/rendering/preview.ts'),
    import('../../templates/index.ts'),
    import('../../delivery/wordings-of-shop.ts'),
    import('../../perennial.config.ts'),
  ]);
  const message = Object.values(messages).find((one) => one.name === name);
  if (message === undefined) {
    throw new PerennialError(
      'message-unknown',
      `There is no message "${name}". There are: ${Object.keys(messages).join(', ')}.`,
    );
  }
  const supported = shop.locales.supported;
  if (language !== undefined && !supported.includes(language)) {
    throw new PerennialError(
      'language-unsupported',
      `"${language}" is not a language of this shop. It has: ${supported.join(', ')}.`,
    );
  }
  const renderer = createRenderer({
    templates: await loadTemplatesOf(readEnvironment().checkout),
  });
  const isMarketing = message.purpose === 'marketing';
  const wording = isMarketing ? wordingFor(shop, country ?? shop.home.country) : undefined;
  return (language === undefined ? supported : [language]).map((one) =>
    previewMessage({
      renderer,
      message,
      language: one,
      channel,
      brand: shop.brand,
      timeZone: shop.home.timeZone,
      ...(wording === undefined ? {} : { wording }),
    }),
  );
}

async function writePreview(folder: string, message: string, preview: RenderedMessage): Promise<string> {
  const form = preview.channel === 'email' ? 'html' : `${preview.channel}.txt`;
  const file = join(folder, `${message}.${preview.language}.${form}`);
  await writeFile(file, preview.channel === 'email' ? preview.html : `${preview.text}\n`);
  return file;
}
