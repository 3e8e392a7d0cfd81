import type { Request, Response } from 'express';
import { Router } from 'express';

export const health = Router();

health.get('/live', (_req, res) => {
  res.json({ status: 'ok' });
});

// TODO: add real dependency checks
const readyHandler = (_req: Request, res: Response) => {
  res.json({ status: 'ready' });
};

health.get('/ready', readyHandler);
