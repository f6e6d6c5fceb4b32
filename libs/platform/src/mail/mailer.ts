import { createTransport, type Transporter } from 'nodemailer';

/** Sends mail over SMTP. A text says that there is something, or carries a code; never what somebody wrote. */
export class Mailer {
  private readonly transport: Transporter;

  constructor(
    smtpUrl: string,
    private readonly from: string,
  ) {
    this.transport = createTransport(smtpUrl);
  }

  /** @throws Error if the server does not take it. */
  async send(mail: { readonly to: string; readonly subject: string; readonly text: string }): Promise<void> {
    await this.transport.sendMail({ from: this.from, ...mail });
  }

  close(): void {
    this.transport.close();
  }
}
