/** What stands in an address, such as `/p/river-clinic`. */
export const SLUG = /^[a-z0-9-]{2,40}$/;

const MAX_NAME_LENGTH = 80;

/** Whether a site or a queue can be called so: something to read, not too long, without control characters. */
export function isName(name: string): boolean {
  return name.trim() !== '' && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name);
}
