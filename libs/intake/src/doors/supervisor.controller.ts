import { type Today, TodayService } from '@app/desk';
import { Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Controller, Get } from '@nestjs/common';

/** Figures of the day, from metadata alone. */
@Controller('api/supervisor')
export class SupervisorController {
  constructor(private readonly figures: TodayService) {}

  @Get('today')
  @StaffDoor('insight.read')
  today(@Staff() staff: StaffPrincipal): Promise<Today> {
    return this.figures.today(staff);
  }
}
