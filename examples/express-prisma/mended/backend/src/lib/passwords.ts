import argon2 from 'argon2';

export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password);
}

export function isPassword(password: string, kept: string): Promise<boolean> {
  return argon2.verify(kept, password);
}
