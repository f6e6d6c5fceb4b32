import { Nothing, Shape, Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { OfficerKeyBody, OfficerKeyPath } from './officer-key.messages';
import { type OfficerKeys, OfficerKeyring } from './officer-key.service';

/** Keys of officers, for administrators. */
@Controller('api/admin/officer-keys')
export class OfficerKeyController {
  constructor(private readonly keyring: OfficerKeyring) {}

  @StaffDoor('officer-key.manage')
  @Get()
  async list(@Staff() principal: StaffPrincipal): Promise<{ officers: OfficerKeys[] }> {
    return { officers: await this.keyring.list(principal) };
  }

  @StaffDoor('officer-key.manage')
  @Post()
  async propose(@Body(new Shape(OfficerKeyBody)) body: OfficerKeyBody, @Staff() principal: StaffPrincipal) {
    return { keyId: await this.keyring.propose(principal, body) };
  }

  @StaffDoor('officer-key.manage')
  @Post(':id/confirm')
  @HttpCode(204)
  confirm(
    @Param('id', new Shape(OfficerKeyPath)) id: string,
    @Body(new Shape(Nothing)) _body: object,
    @Staff() principal: StaffPrincipal,
  ): Promise<void> {
    return this.keyring.decide(principal, id, 'confirm');
  }

  @StaffDoor('officer-key.manage')
  @Post(':id/reject')
  @HttpCode(204)
  reject(
    @Param('id', new Shape(OfficerKeyPath)) id: string,
    @Body(new Shape(Nothing)) _body: object,
    @Staff() principal: StaffPrincipal,
  ): Promise<void> {
    return this.keyring.decide(principal, id, 'reject');
  }
}
