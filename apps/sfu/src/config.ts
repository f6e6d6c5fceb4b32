import type { MediaOptions } from '@app/media';
import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** Everything that the environment decides for a media node, read once at start. */
export interface SfuConfig {
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  readonly media: MediaOptions;
}

const whole = (otherwise: number, least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(otherwise);

const Environment = z.object({
  VESTIBULE_SFU_WORKER: z.string().refine(isAbsolute),
  VESTIBULE_SFU_SECRET: z.string().regex(/^[\x21-\x7e]{32,}$/),
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(7_400, 0, 65_535),
  VESTIBULE_MEDIA_IP: z.string().default('127.0.0.1'),
  VESTIBULE_MEDIA_ADDRESS: z.string().exactOptional(),
  VESTIBULE_MEDIA_PORT: whole(44_400, 0, 65_000),
  VESTIBULE_MEDIA_WORKERS: whole(1, 1, 64),
});

const WANTED: Readonly<Record<keyof z.output<typeof Environment>, string>> = {
  VESTIBULE_SFU_WORKER: 'the absolute path of the SFU worker',
  VESTIBULE_SFU_SECRET: '32 characters or more, without spaces; the same as the api has',
  HOST: 'an address to listen on',
  PORT: 'a whole number from 0 to 65535',
  VESTIBULE_MEDIA_IP: 'an address that audio and video arrive on',
  VESTIBULE_MEDIA_ADDRESS: 'an address that browsers are told',
  VESTIBULE_MEDIA_PORT: 'a whole number from 0 to 65000',
  VESTIBULE_MEDIA_WORKERS: 'a whole number from 1 to 64',
};

/**
 * Reads the environment; a variable that is empty counts as one that is not there.
 *
 * @throws Error naming every variable that is missing or wrong. Values are never in the message: they may be secrets.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): SfuConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const { data, error } = Environment.safeParse(given);
  if (data === undefined) {
    const names = new Set(error.issues.map((issue) => issue.path[0] as keyof typeof WANTED));
    throw new Error(
      ['The environment is not complete:', ...[...names].map((name) => `${name}: ${WANTED[name]}`)].join(
        '\n',
      ),
    );
  }
  return {
    secret: data.VESTIBULE_SFU_SECRET,
    host: data.HOST,
    port: data.PORT,
    media: {
      workerBin: data.VESTIBULE_SFU_WORKER,
      listenIp: data.VESTIBULE_MEDIA_IP,
      port: data.VESTIBULE_MEDIA_PORT,
      workers: data.VESTIBULE_MEDIA_WORKERS,
      ...(data.VESTIBULE_MEDIA_ADDRESS !== undefined && { announcedAddress: data.VESTIBULE_MEDIA_ADDRESS }),
    },
  };
}
