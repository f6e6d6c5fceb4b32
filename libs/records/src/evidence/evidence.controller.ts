import { Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Controller, Get } from '@nestjs/common';
import { type Evidence, EvidenceState } from './evidence.service';

/** What vouches for the log, for those who answer for it and those who can mend it. */
@Controller('api/evidence')
export class EvidenceController {
  constructor(private readonly evidence: EvidenceState) {}

  @StaffDoor('evidence.read')
  @Get()
  read(@Staff() principal: StaffPrincipal): Promise<Evidence> {
    return this.evidence.read(principal);
  }
}
