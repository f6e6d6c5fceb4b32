import { codeMail } from './mail';

test.each(['en', 'es'] as const)(
  'the mail in %s has the code in its text alone, and one line for its subject',
  (locale) => {
    const mail = codeMail({ code: '004217', siteName: 'Example\r\nBcc: x Clinic', locale, minutes: 10 });
    expect(mail.text).toContain('004217');
    expect(mail.text).toContain('10 minut');
    expect(mail.subject).not.toContain('004217');
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.text).toMatch(locale === 'en' ? /If this was not you, ignore/ : /Si no fue usted, ignore/);
  },
);
