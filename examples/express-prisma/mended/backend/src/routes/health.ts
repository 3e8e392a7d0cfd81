import type { Request, Response } from 'express';
import { Router } from 'express';
import { prisma } from '../lib/prisma.js';
import { redis } from '../lib/redis.js';

export const health = Router();

health.get('/live', (_req, res) => {
  res.json({ status: 'ok' });
});

const readyHandler = async (_req: Request, res: Response) => {
  try {
    await prisma.$queryRaw`SELECT 1`;
    await redis.ping();
  } catch {
    res.status(503).json({ status: 'not ready' });
    return;
  }
  res.json({ status: 'ready' });
};

health.get('/ready', readyHandler);
