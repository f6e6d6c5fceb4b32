import { AppError } from '@app/kernel';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { parse } from 'cookie';
import { type AdmittedRequest, doorOf } from './door';
import { Recorder } from '../auditing/recording/recorder';
import { isOurOrigin, OUR_ORIGINS } from './origin';
import { actorOf, type Principal } from './principal';

/** Cookie names, by who holds the session. */
export const COOKIE = { staff: 'vestibule_staff', client: 'vestibule_client' } as const;

/** Returns who a session's secret stands for, or nothing if there is no such session now. */
export type SessionReader = (secret: string) => Promise<Principal | undefined>;

/** Given by the rooms that keep sessions: `staff` and `intake`. */
export class SessionReaders {
  private readonly readers = new Map<'staff' | 'client', SessionReader>();

  set(who: 'staff' | 'client', reader: SessionReader): void {
    this.readers.set(who, reader);
  }

  async read(who: 'staff' | 'client', secret: string | undefined): Promise<Principal | undefined> {
    if (secret === undefined) return undefined;
    const principal = await this.readers.get(who)?.(secret);
    return principal?.kind === who ? principal : undefined;
  }
}

/**
 * Stands at every HTTP door: reads the session that the door asks for, and refuses a change that does not come from our
 * own pages. What the person may then do is for the gate, which knows the facts.
 */
@Injectable()
export class DoorGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionReaders,
    @Inject(OUR_ORIGINS) private readonly origins: ReadonlySet<string>,
    private readonly recorder: Recorder,
  ) {}

  /**
   * A change that does not come from our pages is on record if the session is somebody's: their browser was made to ask.
   *
   * @throws AppError `SIGNED_OUT`, `ORIGIN_REFUSED`, or `ACCESS_DENIED` at a door without a sign.
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Socket events are not HTTP; their gateways authenticate at the handshake and ask the gate themselves.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    const sign = doorOf(context.getHandler());
    if (sign === undefined) throw new AppError('ACCESS_DENIED', 'This door is closed.');
    const changes = !['GET', 'HEAD'].includes(request.method);
    const isOurs = !changes || isOurOrigin(request.headers.origin, request.headers.host, this.origins);
    if (sign.who === 'anyone') {
      if (!isOurs) throw originRefused();
      return true;
    }
    const who = sign.who === 'client' ? 'client' : 'staff';
    const principal = await this.sessions.read(who, parse(request.headers.cookie ?? '')[COOKIE[who]]);
    if (!isOurs) {
      if (principal !== undefined)
        await this.recorder.recordRefusal(principal.tenantId, {
          act: sign.action,
          actor: actorOf(principal),
          detail: { reason: 'origin' },
        });
      throw originRefused();
    }
    if (principal === undefined) throw new AppError('SIGNED_OUT', 'Your session has ended.');
    request.principal = principal;
    return true;
  }
}

function originRefused(): AppError {
  return new AppError('ORIGIN_REFUSED', 'This request did not come from our own pages.');
}
