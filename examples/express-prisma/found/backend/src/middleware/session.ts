import type { NextFunction, Request, Response } from 'express';
import { userOf } from '../lib/tokens.js';

export function session(req: Request, res: Response, next: NextFunction) {
  const [kind, token] = (req.headers.authorization ?? '').split(' ');
  if (kind !== 'Bearer' || !token) {
    res.status(401).json({ error: 'Sign in first' });
    return;
  }
  try {
    res.locals.userId = userOf(token);
  } catch {
    res.status(401).json({ error: 'Sign in again' });
    return;
  }
  next();
}
