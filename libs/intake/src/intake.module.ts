import { DeskModule } from '@app/desk';
import { systemPace } from '@app/identity';
import { identityLimits } from '@app/policies';
import { StaffModule } from '@app/staff';
import { TranscriptModule } from '@app/transcript';
import { type DynamicModule, Module } from '@nestjs/common';
import { ClientSessionService } from './client/client-session.service';
import { EndingService } from './client/ending.service';
import { StartService } from './client/start.service';
import { Acts } from './conversation/acts.service';
import { CallService } from './steps/call.service';
import { KnownConversations } from './conversation/known-conversations.service';
import { NotingService } from './talk/noting.service';
import { PostingService } from './talk/posting.service';
import { PROOF_PACE, ProofService } from './steps/proof.service';
import { ReadingService } from './conversation/reading.service';
import { SignalService } from './talk/signal.service';
import { ClientController } from './doors/client.controller';
import { SiteController } from './doors/site.controller';
import { StaffConsultController } from './doors/staff-consult.controller';
import { StaffIntakeController } from './doors/staff-intake.controller';
import { SupervisorController } from './doors/supervisor.controller';
import { Announcer } from './live/announcer.service';
import { ErasedConversations } from './live/erased-conversations.service';
import { IntakeGateway } from './live/intake.gateway';
import { Live } from './live/live.service';
import { ViewService } from './live/view.service';
import { ClaimService } from './staff/claim.service';
import { ReplyService } from './staff/reply.service';
import { StayingService } from './staff/staying.service';

/** The conversation itself: the one room with a door to every room of the floor below. */
@Module({})
export class IntakeModule {
  /** @param rooms - the modules of identity and consult, as the program has set them up. */
  static forRoot(governance: string, ...rooms: DynamicModule[]): DynamicModule {
    return {
      module: IntakeModule,
      imports: [DeskModule, StaffModule, TranscriptModule, ...rooms],
      controllers: [
        SiteController,
        ClientController,
        StaffIntakeController,
        StaffConsultController,
        SupervisorController,
      ],
      providers: [
        Acts,
        Announcer,
        CallService,
        ClaimService,
        ClientSessionService,
        EndingService,
        ErasedConversations,
        IntakeGateway,
        KnownConversations,
        Live,
        NotingService,
        PostingService,
        { provide: PROOF_PACE, useFactory: () => systemPace(identityLimits(governance)) },
        ProofService,
        ReadingService,
        ReplyService,
        SignalService,
        StartService,
        StayingService,
        ViewService,
      ],
    };
  }
}
