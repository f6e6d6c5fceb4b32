import type { Config } from '@app/platform';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Headers of every answer: nothing from elsewhere runs, nothing is framed, nothing stays in a cache. */
export function security(config: Config): RequestHandler[] {
  const https = config.publicUrl.startsWith('https:');
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          mediaSrc: ["'self'", 'blob:', 'mediastream:'],
          connectSrc: ["'self'"],
          fontSrc: ["'self'"],
          manifestSrc: ["'self'"],
          workerSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          ...(https && { upgradeInsecureRequests: [] }),
        },
      },
      crossOriginEmbedderPolicy: false,
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: https && { maxAge: 63_072_000, includeSubDomains: true },
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.setHeader(
        'Permissions-Policy',
        'camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()',
      );
      response.setHeader('Cache-Control', 'no-store');
      next();
    },
  ];
}
