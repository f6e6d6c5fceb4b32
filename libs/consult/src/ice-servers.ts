import { HOUR } from '@app/kernel';
import { createHmac } from 'node:crypto';

/** A relay that browsers may send through, and the secret that it shares with us. */
export interface Relay {
  readonly urls: readonly string[];
  readonly secret: string;
}

/** `RTCIceServer` of the browsers. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

/** How long credentials are good for: as long as the relay keeps an allocation. A page gets new ones with each ticket. */
const GOOD_FOR_MS = HOUR;

/**
 * Returns the relays for one person, with credentials that end by themselves (draft-uberti-behave-turn-rest-00, section
 * 2.2): the name is the expiry in seconds after 1970 and who it is for, the password its HMAC-SHA1. Empty without a relay.
 *
 * @param personId - stands behind a name that only we can make: the name crosses the network in the clear, the relay logs
 * it and counts a person's allocations by it.
 */
export function iceServers(relay: Relay | undefined, personId: string, now: Date): IceServer[] {
  if (relay === undefined) return [];
  const { urls, secret } = relay;
  const person = createHmac('sha256', secret).update(`person:${personId}`).digest('base64url').slice(0, 16);
  const expiry = Math.floor((now.getTime() + GOOD_FOR_MS) / 1_000);
  const username = `${expiry}:${person}`;
  return [{ urls, username, credential: createHmac('sha1', secret).update(username).digest('base64') }];
}
