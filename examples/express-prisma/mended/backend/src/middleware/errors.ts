import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { logger } from '../lib/logger.js';

export function errors(err: Error, _req: Request, res: Response, _next: NextFunction) {
  const id = randomUUID();
  logger.error({ err, id });
  res.status(500).json({ error: 'Internal server error', id });
}
