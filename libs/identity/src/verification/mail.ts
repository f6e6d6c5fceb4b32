export type MailLocale = 'en' | 'es';

export interface CodeMail {
  readonly subject: string;
  readonly text: string;
}

/**
 * Returns the mail that carries a code. It names the site and nobody: whoever reads over a shoulder, or has the mailbox of
 * somebody else, learns no name, no reason and nothing of a record. The code is not in the subject, which a locked phone shows.
 */
export function codeMail(mail: {
  readonly code: string;
  readonly siteName: string;
  readonly locale: MailLocale;
  readonly minutes: number;
}): CodeMail {
  const site = mail.siteName.replace(/\s+/g, ' ').trim();
  return mail.locale === 'es'
    ? spanish(mail.code, site, mail.minutes)
    : english(mail.code, site, mail.minutes);
}

function english(code: string, site: string, minutes: number): CodeMail {
  return {
    subject: `Your code for ${site}`,
    text: [
      `Your code is ${code}`,
      `Type it on the page where you asked for it. It works once, for ${minutes} minutes.`,
      `Nobody from ${site} will ever ask you for this code. If this was not you, ignore this message: without the code nothing happens.`,
      site,
    ].join('\n\n'),
  };
}

function spanish(code: string, site: string, minutes: number): CodeMail {
  return {
    subject: `Su código para ${site}`,
    text: [
      `Su código es ${code}`,
      `Escríbalo en la página donde lo pidió. Sirve una sola vez, durante ${minutes} minutos.`,
      `Nadie de ${site} le pedirá nunca este código. Si no fue usted, ignore este mensaje: sin el código no ocurre nada.`,
      site,
    ].join('\n\n'),
  };
}
