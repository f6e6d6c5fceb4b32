import { generateSecret, generateURI, verify } from 'otplib';

/** RFC 6238, section 5.2: one step either way, for clocks that differ and people who type slowly. */
const WINDOW_S = 30;

/** Returns a new shared secret in base32: 160 bits, as RFC 4226, section 4 recommends. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

/** Returns the address that an authenticator app reads from a QR code. */
export function otpauthUri(issuer: string, email: string, secret: string): string {
  return generateURI({ issuer, label: email, secret });
}

/** Returns the time step that the code belongs to, or nothing if it is no code of now, the step before or the step after. */
export async function stepOf(secret: string, code: string, now: Date): Promise<number | undefined> {
  const epoch = Math.floor(now.getTime() / 1_000);
  const result = await verify({ secret, token: code, epoch, epochTolerance: WINDOW_S });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
