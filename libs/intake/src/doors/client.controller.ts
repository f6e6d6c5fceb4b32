import { ConsultService, parseChecks } from '@app/consult';
import {
  Client,
  ClientDoor,
  type ClientPrincipal,
  CONFIG,
  type Config,
  Database,
  Nothing,
  Shape,
  SocketTickets,
} from '@app/platform';
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { EndingService } from '../client/ending.service';
import { CallService } from '../steps/call.service';
import { ProofService } from '../steps/proof.service';
import { ReadingService } from '../conversation/reading.service';
import { clearClientCookie } from './cookie';

export const After = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .default(0),
});
const Claim = z.strictObject({
  fullName: z.string().trim().min(1).max(200),
  dateOfBirth: z.iso.date(),
  identifier: z.string().trim().min(1).max(60),
});
const Code = z.strictObject({ code: z.string().regex(/^\d{6}$/) });
const Rating = z.strictObject({
  score: z.number().int().min(1).max(5),
  comment: z.string().max(1_000).optional(),
});

/** What a client does in their one conversation. */
@Controller('api/client')
export class ClientController {
  constructor(
    private readonly reading: ReadingService,
    private readonly proof: ProofService,
    private readonly calls: CallService,
    private readonly consults: ConsultService,
    private readonly ending: EndingService,
    private readonly database: Database,
    private readonly tickets: SocketTickets,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('intake')
  @ClientDoor('intake.read')
  intake(@Client() client: ClientPrincipal) {
    return this.reading.forClient(client);
  }

  @Get('messages')
  @ClientDoor('transcript.read')
  messages(@Client() client: ClientPrincipal, @Query(new Shape(After)) { after }: { after: number }) {
    return this.reading.messages(client, client.intakeId, after);
  }

  @Post('socket-ticket')
  @HttpCode(200)
  @ClientDoor('intake.read')
  async socketTicket(
    @Client() { tenantId, sessionId }: ClientPrincipal,
    @Body(new Shape(Nothing)) _: object,
  ) {
    const standsFor = { kind: 'client', sessionId };
    return { ticket: await this.database.transaction(tenantId, (tx) => this.tickets.issue(tx, standsFor)) };
  }

  @Post('verification')
  @HttpCode(202)
  @ClientDoor('identity.prove')
  claim(
    @Client() client: ClientPrincipal,
    @Body(new Shape(Claim)) claim: z.infer<typeof Claim>,
    @Req() request: Request,
  ) {
    return this.proof.claim(client, claim, request.ip ?? 'unknown');
  }

  @Post('verification/code')
  @HttpCode(200)
  @ClientDoor('identity.prove')
  code(
    @Client() client: ClientPrincipal,
    @Body(new Shape(Code)) { code }: { code: string },
    @Req() request: Request,
  ) {
    return this.proof.code(client, code, request.ip ?? 'unknown');
  }

  @Post('consult/accept')
  @HttpCode(200)
  @ClientDoor('consult.answer')
  async accept(@Client() client: ClientPrincipal, @Body(new Shape(Nothing)) _: object) {
    return { consult: await this.calls.step(client, client.intakeId, 'accept') };
  }

  @Post('consult/decline')
  @HttpCode(200)
  @ClientDoor('consult.answer')
  async decline(@Client() client: ClientPrincipal, @Body(new Shape(Nothing)) _: object) {
    return { consult: await this.calls.step(client, client.intakeId, 'decline') };
  }

  @Post('consult/ready')
  @HttpCode(200)
  @ClientDoor('consult.answer')
  async ready(@Client() client: ClientPrincipal, @Body() body: unknown) {
    return { consult: await this.calls.step(client, client.intakeId, 'ready', parseChecks(body)) };
  }

  @Post('consult/leave')
  @HttpCode(200)
  @ClientDoor('consult.end')
  async leaveConsult(@Client() client: ClientPrincipal, @Body(new Shape(Nothing)) _: object) {
    return { consult: await this.calls.step(client, client.intakeId, 'leave') };
  }

  @Post('consult/ticket')
  @HttpCode(200)
  @ClientDoor('consult.join')
  async consultTicket(@Client() client: ClientPrincipal, @Body(new Shape(Nothing)) _: object) {
    const ticket = await this.calls.ticket(client, client.intakeId);
    return { ticket, iceServers: this.consults.iceServers(client.intakeId) };
  }

  @Post('rating')
  @HttpCode(204)
  @ClientDoor('intake.rate')
  rate(
    @Client() client: ClientPrincipal,
    @Body(new Shape(Rating)) { score, comment }: z.infer<typeof Rating>,
  ) {
    return this.ending.rate(client, score, comment);
  }

  @Post('leave')
  @HttpCode(204)
  @ClientDoor('intake.leave')
  async leave(
    @Client() client: ClientPrincipal,
    @Body(new Shape(Nothing)) _: object,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.ending.leave(client);
    clearClientCookie(response, this.config);
    response.setHeader('Clear-Site-Data', '"cache", "storage"');
  }
}
