import { createHash, timingSafeEqual } from 'node:crypto';

export function hashPassword(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

export function isPassword(password: string, kept: string): boolean {
  return timingSafeEqual(Buffer.from(hashPassword(password)), Buffer.from(kept));
}
