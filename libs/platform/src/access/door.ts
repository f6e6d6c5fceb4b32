import type { Action, OpenDoor } from '@app/policies';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import type { ClientPrincipal, Principal, StaffPrincipal } from './principal';

const DOOR = 'vestibule:door';

/** Who may stand at a door, and what they are then asking for. */
export type DoorSign =
  | { readonly who: 'staff' | 'client' | 'either'; readonly action: Action }
  | { readonly who: 'anyone'; readonly action: OpenDoor };

/** A request that has come through its door. */
export interface AdmittedRequest extends Request {
  principal?: Principal;
}

/** Names what a route or an event asks for. Without one of these three the program does not start. */
export const StaffDoor = (action: Action) => SetMetadata(DOOR, { who: 'staff', action } satisfies DoorSign);
export const ClientDoor = (action: Action) => SetMetadata(DOOR, { who: 'client', action } satisfies DoorSign);
/** For an event that client and staff both send. */
export const EitherDoor = (action: Action) => SetMetadata(DOOR, { who: 'either', action } satisfies DoorSign);
/** For a door that stands open to anyone; `action` says why that may be. */
export const Open = (action: OpenDoor) => SetMetadata(DOOR, { who: 'anyone', action } satisfies DoorSign);

/** Returns the sign on a handler, or nothing. */
export function doorOf(handler: object): DoorSign | undefined {
  return Reflect.getMetadata(DOOR, handler) as DoorSign | undefined;
}

/** The staff member at a staff door. */
export const Staff = createParamDecorator((_: unknown, context: ExecutionContext): StaffPrincipal => {
  const { principal } = context.switchToHttp().getRequest<AdmittedRequest>();
  if (principal?.kind !== 'staff') throw new Error('@Staff() stands at a door that is not for staff.');
  return principal;
});

/** The client at a client's door. */
export const Client = createParamDecorator((_: unknown, context: ExecutionContext): ClientPrincipal => {
  const { principal } = context.switchToHttp().getRequest<AdmittedRequest>();
  if (principal?.kind !== 'client') throw new Error('@Client() stands at a door that is not for clients.');
  return principal;
});
