import type { HoldId } from '@app/kernel';
import { Nothing, Shape, Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { HoldBody, HoldPath } from './hold.messages';
import { type Hold, Holds } from './hold.service';

/** Legal holds. Each step has a door of its own, so that the record of the doors says who could do what. */
@Controller('api/officer/holds')
export class HoldController {
  constructor(private readonly holds: Holds) {}

  @StaffDoor('hold.read')
  @Get()
  async list(@Staff() principal: StaffPrincipal): Promise<{ holds: Hold[] }> {
    return { holds: await this.holds.list(principal) };
  }

  @StaffDoor('hold.place')
  @Post()
  async place(@Body(new Shape(HoldBody)) { intakeId, reason }: HoldBody, @Staff() principal: StaffPrincipal) {
    return { holdId: await this.holds.place(principal, intakeId, reason) };
  }

  @StaffDoor('hold.release')
  @Post(':id/release')
  @HttpCode(204)
  ask(
    @Param('id', new Shape(HoldPath)) id: HoldId,
    @Body(new Shape(Nothing)) _body: object,
    @Staff() principal: StaffPrincipal,
  ): Promise<void> {
    return this.holds.step(principal, id, 'ask');
  }

  @StaffDoor('hold.release')
  @Post(':id/release/confirm')
  @HttpCode(204)
  confirm(
    @Param('id', new Shape(HoldPath)) id: HoldId,
    @Body(new Shape(Nothing)) _body: object,
    @Staff() principal: StaffPrincipal,
  ): Promise<void> {
    return this.holds.step(principal, id, 'confirm');
  }

  @StaffDoor('hold.release')
  @Post(':id/release/decline')
  @HttpCode(204)
  decline(
    @Param('id', new Shape(HoldPath)) id: HoldId,
    @Body(new Shape(Nothing)) _body: object,
    @Staff() principal: StaffPrincipal,
  ): Promise<void> {
    return this.holds.step(principal, id, 'decline');
  }
}
