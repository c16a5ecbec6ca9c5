import type { RequestHandler } from 'express';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Of every answer. Answers hold other people's data, so none of them is kept, framed or sniffed.
 * @param hsts says that browsers come back over TLS only, for a year: the usual least that counts
 */
export function securityHeaders(hsts: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    ...(hsts && { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }),
  };
}

export function createSecurityHeaders(hsts: boolean): RequestHandler {
  const headers = securityHeaders(hsts);
  return (_req, res, next) => {
    res.set(headers);
    next();
  };
}
