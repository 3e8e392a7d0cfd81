import { Router } from 'express';
import { prisma } from '../lib/prisma.js';
import { session } from '../middleware/session.js';

export const workflows = Router();
workflows.use(session);

workflows.get('/', async (_req, res, next) => {
  try {
    const where = { steps: { some: { assigneeId: res.locals.userId } } };
    res.json(await prisma.workflow.findMany({ where, include: { steps: true } }));
  } catch (err) {
    next(err);
  }
});
