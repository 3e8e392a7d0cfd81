import type { NextFunction, Request, Response } from 'express';

export function errors(err: Error, _req: Request, res: Response, _next: NextFunction) {
  res.status(500).json({
    message: err.message,
    stack: err.stack,
  });
}
