import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Staff, StaffDoor } from '../../access/door';
import type { StaffPrincipal } from '../../access/principal';
import { Nothing, Shape } from '../../errors/parse';
import { KeyOffice, type KeysView } from './key-office';

/** The tenant's keys, for an administrator. No key comes out of here. */
@Controller('api/admin/keys')
export class KeysController {
  constructor(private readonly office: KeyOffice) {}

  @StaffDoor('key.read')
  @Get()
  view(@Staff() principal: StaffPrincipal): Promise<KeysView> {
    return this.office.view(principal);
  }

  @StaffDoor('key.rotate')
  @Post('change')
  @HttpCode(202)
  change(@Body(new Shape(Nothing)) _body: object, @Staff() principal: StaffPrincipal) {
    return this.office.change(principal);
  }
}
