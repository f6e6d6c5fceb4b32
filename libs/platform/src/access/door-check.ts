import { ACTIONS, OPEN_DOORS } from '@app/policies';
import { RequestMethod } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { doorOf } from './door';

/** One route or event, as the check saw it. */
export interface Door {
  readonly place: string;
  readonly kind: 'route' | 'event';
  readonly action: string;
  readonly who: string;
}

/**
 * Looks at every route and event of the assembled program and returns its doors.
 *
 * @throws Error naming each one that has no sign, or a sign with a name that no policy knows. The program must not start.
 */
export function checkDoors(modules: ModulesContainer): Door[] {
  const doors: Door[] = [];
  const faults: string[] = [];
  for (const module of modules.values()) {
    for (const { metatype } of [...module.controllers.values(), ...module.providers.values()]) {
      if (typeof metatype !== 'function' || typeof metatype.prototype !== 'object') continue;
      for (const { name, kind, handler } of handlersOf(metatype.prototype as object)) {
        const place = `${metatype.name}.${name}`;
        const sign = doorOf(handler);
        const known: readonly string[] = sign?.who === 'anyone' ? OPEN_DOORS : ACTIONS;
        if (sign === undefined) faults.push(`${place} names no permission`);
        else if (!known.includes(sign.action))
          faults.push(`${place} names a permission that no policy knows`);
        else doors.push({ place, kind, action: sign.action, who: sign.who });
      }
    }
  }
  if (faults.length > 0) throw new Error(`Doors without a lock: ${faults.join('; ')}.`);
  return doors;
}

/** Nest serves inherited methods too, so they are looked at too; the nearest of a name is the one that is served. */
function handlersOf(prototype: object): { name: string; kind: 'route' | 'event'; handler: object }[] {
  const methods = new Map<string, unknown>();
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null)
    for (const name of Object.getOwnPropertyNames(at))
      if (!methods.has(name)) methods.set(name, Object.getOwnPropertyDescriptor(at, name)?.value);
  return [...methods].flatMap(([name, handler]) => {
    if (typeof handler !== 'function') return [];
    const isRoute =
      Reflect.hasMetadata('path', handler) &&
      RequestMethod[Reflect.getMetadata('method', handler) as number] !== undefined;
    const isEvent = Reflect.hasMetadata('websockets:message_mapping', handler);
    if (!isRoute && !isEvent) return [];
    return [{ name, kind: isRoute ? ('route' as const) : ('event' as const), handler }];
  });
}
