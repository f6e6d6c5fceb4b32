import type { IntakeId, QueueId } from '@app/kernel';
import { Database, idSchema, Nothing, Shape, Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { NotingService } from '../talk/noting.service';
import { ProofService } from '../steps/proof.service';
import { ReadingService } from '../conversation/reading.service';
import { NoteBody } from '../live/frames';
import { ClaimService } from '../staff/claim.service';
import { ReplyService } from '../staff/reply.service';
import { After } from './client.controller';

const Id = new Shape(idSchema<IntakeId>());
const Transfer = z.strictObject({ queueId: idSchema<QueueId>(), reason: z.string().trim().min(1).max(500) });
const Close = z.strictObject({ outcome: z.enum(['resolved', 'referred', 'no-answer', 'not-for-us']) });
const Fill = z.strictObject({ locale: z.enum(['en', 'es']) });

/** The desk: what staff do with conversations. */
@Controller('api/staff')
export class StaffIntakeController {
  constructor(
    private readonly reading: ReadingService,
    private readonly claims: ClaimService,
    private readonly noting: NotingService,
    private readonly proof: ProofService,
    private readonly replies: ReplyService,
    private readonly database: Database,
  ) {}

  @Get('queue')
  @StaffDoor('queue.list')
  async queue(@Staff() staff: StaffPrincipal) {
    const items = await this.reading.queue(staff);
    const queues = await this.database.transaction(staff.tenantId, (tx) =>
      tx.query<{ id: QueueId; name: string }>(
        'SELECT queue_id AS id, name FROM queue WHERE tenant_id = $1 ORDER BY name',
        [tx.tenantId],
      ),
    );
    return { queues, items };
  }

  @Post('intakes/:id/claim')
  @HttpCode(200)
  @StaffDoor('intake.claim')
  async claim(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Body(new Shape(Nothing)) _: object,
  ) {
    await this.claims.claim(staff, id);
    return this.reading.forStaff(staff, id);
  }

  @Get('intakes/:id')
  @StaffDoor('intake.read')
  intake(@Staff() staff: StaffPrincipal, @Param('id', Id) id: IntakeId) {
    return this.reading.forStaff(staff, id);
  }

  @Get('intakes/:id/messages')
  @StaffDoor('transcript.read')
  messages(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Query(new Shape(After)) { after }: { after: number },
  ) {
    return this.reading.messages(staff, id, after);
  }

  @Get('intakes/:id/notes')
  @StaffDoor('note.read')
  notes(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Query(new Shape(After)) { after }: { after: number },
  ) {
    return this.reading.notesOf(staff, id, after);
  }

  @Post('intakes/:id/notes')
  @StaffDoor('note.write')
  note(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Body(new Shape(NoteBody)) body: z.infer<typeof NoteBody>,
  ) {
    return this.noting.add(staff, id, body);
  }

  @Post('intakes/:id/transfer')
  @HttpCode(204)
  @StaffDoor('intake.transfer')
  transfer(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Body(new Shape(Transfer)) { queueId, reason }: z.infer<typeof Transfer>,
  ) {
    return this.claims.transfer(staff, id, queueId, reason);
  }

  @Post('intakes/:id/close')
  @HttpCode(204)
  @StaffDoor('intake.close')
  close(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Body(new Shape(Close)) { outcome }: z.infer<typeof Close>,
  ) {
    return this.claims.close(staff, id, outcome);
  }

  @Get('canned-replies')
  @StaffDoor('reply.list')
  async cannedReplies(@Staff() staff: StaffPrincipal) {
    return { replies: await this.replies.list(staff) };
  }

  @Post('intakes/:id/canned-replies/:replyId')
  @HttpCode(200)
  @StaffDoor('intake.read')
  async fill(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Param('replyId', new Shape(idSchema<string>())) replyId: string,
    @Body(new Shape(Fill)) { locale }: z.infer<typeof Fill>,
  ) {
    return { text: await this.replies.fill(staff, id, replyId, locale) };
  }

  @Post('intakes/:id/verification')
  @HttpCode(202)
  @StaffDoor('identity.request')
  async verification(
    @Staff() staff: StaffPrincipal,
    @Param('id', Id) id: IntakeId,
    @Body(new Shape(Nothing)) _: object,
  ) {
    return { verification: { state: await this.proof.request(staff, id) } };
  }

  @Get('intakes/:id/record')
  @StaffDoor('record.read')
  async record(@Staff() staff: StaffPrincipal, @Param('id', Id) id: IntakeId) {
    return { values: await this.proof.record(staff, id) };
  }
}
