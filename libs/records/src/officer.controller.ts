import type { ExportId } from '@app/kernel';
import { Shape, Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Exports } from './export/export.service';
import { OfficerLog } from './log/log.service';
import { EntriesQuery, ExportBody, ExportPath, RedactBody, TranscriptBody } from './messages';
import { SigningKeyring } from './export/signing-keys.service';
import { TranscriptExports } from './export/transcript-exports.service';

/** The log and its exports, for compliance officers. */
@Controller('api/officer')
export class OfficerController {
  constructor(
    private readonly log: OfficerLog,
    private readonly exports: Exports,
    private readonly transcripts: TranscriptExports,
    private readonly signingKeys: SigningKeyring,
  ) {}

  @StaffDoor('audit.read')
  @Get('entries')
  entries(@Query(new Shape(EntriesQuery)) query: EntriesQuery, @Staff() principal: StaffPrincipal) {
    return this.log.read(principal, query);
  }

  @StaffDoor('export.create')
  @Post('exports')
  @HttpCode(202)
  async request(@Body(new Shape(ExportBody)) body: ExportBody, @Staff() principal: StaffPrincipal) {
    return { exportId: await this.exports.request(principal, body) };
  }

  @StaffDoor('transcript.export')
  @Post('transcripts')
  @HttpCode(202)
  async requestTranscript(
    @Body(new Shape(TranscriptBody)) body: TranscriptBody,
    @Staff() principal: StaffPrincipal,
  ) {
    return { exportId: await this.transcripts.request(principal, body) };
  }

  @StaffDoor('transcript.export')
  @Post('exports/:id/redacted')
  @HttpCode(202)
  async redact(
    @Param('id', new Shape(ExportPath)) id: ExportId,
    @Body(new Shape(RedactBody)) body: RedactBody,
    @Staff() principal: StaffPrincipal,
  ) {
    return { exportId: await this.transcripts.redact(principal, id, body) };
  }

  @StaffDoor('export.read')
  @Get('signing-keys')
  keys(@Staff() principal: StaffPrincipal) {
    return this.signingKeys.of(principal);
  }

  @StaffDoor('export.read')
  @Get('exports')
  async list(@Staff() principal: StaffPrincipal) {
    return { exports: await this.exports.list(principal) };
  }

  @StaffDoor('export.read')
  @Get('exports/:id')
  one(@Param('id', new Shape(ExportPath)) id: ExportId, @Staff() principal: StaffPrincipal) {
    return this.exports.get(principal, id);
  }

  @StaffDoor('export.read')
  @Get('exports/:id/bundle')
  async bundle(
    @Param('id', new Shape(ExportPath)) id: ExportId,
    @Staff() principal: StaffPrincipal,
    @Res() response: Response,
  ): Promise<void> {
    const { fileName, bytes, mediaType, parts } = await this.exports.download(principal, id);
    response.set({
      'Content-Type': mediaType,
      ...(bytes !== undefined && { 'Content-Length': String(bytes) }),
      'Content-Disposition': `attachment; filename="${fileName}"`,
      'Cache-Control': 'no-store',
    });
    try {
      await pipeline(Readable.from(parts), response);
    } catch (error) {
      // The page went away in the middle: nobody is left to tell.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  }
}
