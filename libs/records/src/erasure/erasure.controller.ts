import type { ErasureId } from '@app/kernel';
import { Shape, Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Certificates } from './certificate.service';
import { ErasureBody, ErasurePath } from './erasure.messages';
import { type Erasure, Erasures } from './erasure.service';

/** Erasing conversations, for compliance officers. */
@Controller('api/officer/erasures')
export class ErasureController {
  constructor(
    private readonly erasures: Erasures,
    private readonly certificates: Certificates,
  ) {}

  @StaffDoor('erase.read')
  @Get()
  async list(@Staff() principal: StaffPrincipal): Promise<{ erasures: Erasure[] }> {
    return { erasures: await this.erasures.list(principal) };
  }

  @StaffDoor('erase.request')
  @Post()
  request(
    @Body(new Shape(ErasureBody)) { intakeId, purpose }: ErasureBody,
    @Staff() principal: StaffPrincipal,
  ): Promise<Erasure> {
    return this.erasures.request(principal, intakeId, purpose);
  }

  @StaffDoor('erase.read')
  @Get(':id/certificate')
  async certificate(
    @Param('id', new Shape(ErasurePath)) id: ErasureId,
    @Staff() principal: StaffPrincipal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { fileName, text } = await this.certificates.of(principal, id);
    response.set({
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="${fileName}"`,
      'Cache-Control': 'no-store',
    });
    return text;
  }
}
