import { instantAt, msOf } from '@app/kernel';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { TranscriptDocument, TranscriptLine } from './document';
import { WORDS, type TranscriptWords } from './words';

const resolveFont = createRequire(__filename).resolve;
const REGULAR = resolveFont('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const BOLD = resolveFont('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

// Points. A4 with room for a binder's holes.
const MARGIN = { top: 64, bottom: 64, left: 64, right: 56 };
const SIZE = { title: 18, text: 10, small: 8 };
const INK = '#1a1a1a';
const QUIET = '#595959';
const LINE = '#bfbfbf';
/** A message's head is not left alone at the foot of a page: so much stays with it. */
const TOGETHER = 56;

/**
 * Returns the transcript on paper: PDF/A-2b (ISO 19005-2), which embeds its fonts and needs nothing from outside. Times
 * are those of the site; words are those of the conversation's language.
 */
export async function pdfOf(transcript: TranscriptDocument): Promise<Buffer> {
  const { conversation, createdAt, source } = transcript;
  const words = WORDS[conversation.locale];
  const title = source === undefined ? words.title : words.redactedTitle;
  const pdf = new PDFDocument({
    size: 'A4',
    margins: MARGIN,
    font: REGULAR,
    pdfVersion: '1.7',
    subset: 'PDF/A-2b',
    lang: conversation.locale,
    displayTitle: true,
    bufferPages: true,
    info: {
      Title: title,
      Author: transcript.organisation,
      Creator: 'Vestibule',
      CreationDate: instantAt(msOf(createdAt)),
    },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  pdf.registerFont('regular', REGULAR).registerFont('bold', BOLD);
  const sheet = new Sheet(pdf, words, conversation.locale, conversation.timeZone);
  sheet.head(transcript, title);
  for (const line of transcript.messages) sheet.line(line);
  sheet.numberPages(transcript.exportId);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

/** The pages as they are written, from top to bottom. */
class Sheet {
  private readonly width: number;
  private readonly times: Intl.DateTimeFormat;
  private readonly numbers: Intl.NumberFormat;

  constructor(
    private readonly pdf: PDFKit.PDFDocument,
    private readonly words: TranscriptWords,
    locale: 'en' | 'es',
    timeZone: string,
  ) {
    this.width = pdf.page.width - MARGIN.left - MARGIN.right;
    this.times = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone });
    this.numbers = new Intl.NumberFormat(locale);
  }

  head(transcript: TranscriptDocument, title: string): void {
    const { words } = this;
    const { conversation, purpose, source } = transcript;
    this.pdf.font('bold').fontSize(SIZE.title).fillColor(INK).text(title, { width: this.width });
    this.pdf.moveDown(0.6);
    this.fact(words.organisation, transcript.organisation);
    this.fact(words.conversation, conversation.id);
    this.fact(words.started, this.time(conversation.startedAt));
    this.fact(words.queue, conversation.queue);
    this.fact(words.purpose, words.purposes[purpose] ?? purpose);
    this.fact(words.made, this.time(transcript.createdAt));
    this.fact(words.exportId, transcript.exportId);
    this.fact(words.messages, this.numbers.format(transcript.messages.length));
    if (source !== undefined) this.fact(words.source, source);
    this.pdf.moveDown(0.6);
    const texts = [words.times(conversation.timeZone), words.about, words.leftOut];
    if (transcript.messages.some(({ text }) => text !== undefined && this.written(text) !== text))
      texts.push(words.glyphs);
    for (const text of texts) this.small(text);
    this.rule();
  }

  line(line: TranscriptLine): void {
    const { words } = this;
    if (this.pdf.y + TOGETHER > this.pdf.page.height - MARGIN.bottom) this.pdf.addPage();
    const who =
      line.event !== undefined
        ? words.system
        : line.author.role === 'client'
          ? words.client
          : `${words.staff}${line.author.name === undefined ? '' : `: ${line.author.name}`}`;
    const place =
      line.entry === undefined ? words.noEntry : words.entry(this.numbers.format(line.entry.index));
    this.pdf
      .font('bold')
      .fontSize(SIZE.text)
      .fillColor(INK)
      .text(this.written(`${line.seq}. ${who}`), { continued: true, width: this.width });
    this.pdf
      .font('regular')
      .fontSize(SIZE.small)
      .fillColor(QUIET)
      .text(`   ${this.time(line.at)} · ${place}`, { width: this.width });
    this.pdf.moveDown(0.2);
    const quiet = line.event !== undefined || line.withheld !== undefined;
    this.pdf
      .font('regular')
      .fontSize(SIZE.text)
      .fillColor(quiet ? QUIET : INK)
      .text(this.written(this.said(line)), { width: this.width, lineGap: 1.5 });
    this.pdf.moveDown(0.7);
  }

  /** On each page: the export that it belongs to, which page it is, and of how many. */
  numberPages(exportId: string): void {
    const { start, count } = this.pdf.bufferedPageRange();
    for (let i = 0; i < count; i++) {
      this.pdf.switchToPage(start + i);
      // Below the margin, where text would otherwise start a new page.
      this.pdf.page.margins.bottom = 0;
      const y = this.pdf.page.height - 40;
      this.pdf.font('regular').fontSize(SIZE.small).fillColor(QUIET);
      this.pdf.text(`${this.words.exportId} ${exportId}`, MARGIN.left, y, {
        width: this.width,
        lineBreak: false,
      });
      this.pdf.text(this.words.page(i + 1, count), MARGIN.left, y, {
        width: this.width,
        align: 'right',
        lineBreak: false,
      });
    }
  }

  private said({ event, withheld, text, author }: TranscriptLine): string {
    const { words } = this;
    if (withheld !== undefined) return words.withheld(words.reasons[withheld] ?? withheld);
    if (event !== undefined) return words.events[event]?.(author.name ?? '') ?? event;
    return text ?? '';
  }

  private fact(name: string, value: string): void {
    this.pdf
      .font('bold')
      .fontSize(SIZE.text)
      .fillColor(INK)
      .text(`${name}: `, { continued: true, width: this.width });
    this.pdf.font('regular').text(this.written(value));
  }

  private small(text: string): void {
    this.pdf
      .font('regular')
      .fontSize(SIZE.small)
      .fillColor(QUIET)
      .text(text, { width: this.width, lineGap: 1 });
    this.pdf.moveDown(0.4);
  }

  private rule(): void {
    this.pdf.moveDown(0.6);
    const { y } = this.pdf;
    this.pdf
      .moveTo(MARGIN.left, y)
      .lineTo(MARGIN.left + this.width, y)
      .lineWidth(0.5)
      .strokeColor(LINE)
      .stroke();
    this.pdf.moveDown(1);
  }

  private time(instant: string): string {
    return this.times.format(instantAt(msOf(instant)));
  }

  /** What the type has no sign for is written as its number; a line break stays one. */
  private written(text: string): string {
    const font = (this.pdf as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } })
      ._font.font;
    let written = '';
    for (const sign of text.replaceAll(/\r\n?/g, '\n').replaceAll('\t', '    ')) {
      const code = sign.codePointAt(0) ?? 0;
      const shown = sign === '\n' || (code >= 0x20 && code !== 0x7f && font.hasGlyphForCodePoint(code));
      written += shown ? sign : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    }
    return written;
  }
}
