import { ConsultService } from '@app/consult';
import type { IntakeId } from '@app/kernel';
import { idSchema, Nothing, Shape, Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CallService } from '../steps/call.service';

const Id = new Shape(idSchema<IntakeId>());
const Empty = new Shape(Nothing);

/** The staff member's side of a video call, up to its media. */
@Controller('api/staff/intakes/:id/consult')
export class StaffConsultController {
  constructor(
    private readonly calls: CallService,
    private readonly consults: ConsultService,
  ) {}

  @Post()
  @StaffDoor('consult.offer')
  async offer(@Staff() staff: StaffPrincipal, @Param('id', Id) id: IntakeId, @Body(Empty) _: object) {
    return { consult: await this.calls.offer(staff, id) };
  }

  @Post('admit')
  @HttpCode(200)
  @StaffDoor('consult.admit')
  async admit(@Staff() staff: StaffPrincipal, @Param('id', Id) id: IntakeId, @Body(Empty) _: object) {
    return { consult: await this.calls.step(staff, id, 'admit') };
  }

  @Post('withdraw')
  @HttpCode(200)
  @StaffDoor('consult.end')
  async withdraw(@Staff() staff: StaffPrincipal, @Param('id', Id) id: IntakeId, @Body(Empty) _: object) {
    return { consult: await this.calls.step(staff, id, 'withdraw') };
  }

  @Post('end')
  @HttpCode(200)
  @StaffDoor('consult.end')
  async end(@Staff() staff: StaffPrincipal, @Param('id', Id) id: IntakeId, @Body(Empty) _: object) {
    return { consult: await this.calls.step(staff, id, 'end') };
  }

  @Post('ticket')
  @HttpCode(200)
  @StaffDoor('consult.join')
  async ticket(@Staff() staff: StaffPrincipal, @Param('id', Id) id: IntakeId, @Body(Empty) _: object) {
    const ticket = await this.calls.ticket(staff, id);
    return { ticket, iceServers: this.consults.iceServers(staff.staffId) };
  }
}
