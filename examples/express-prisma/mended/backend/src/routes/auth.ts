import { Router } from 'express';
import { isPassword } from '../lib/passwords.js';
import { prisma } from '../lib/prisma.js';
import { issueToken } from '../lib/tokens.js';

export const auth = Router();

auth.post('/login', async (req, res, next) => {
  try {
    const user = await prisma.user.findUnique({ where: { email: String(req.body.email) } });
    if (!user || !(await isPassword(String(req.body.password), user.password))) {
      res.status(401).json({ error: 'Wrong address or password' });
      return;
    }
    res.json({ token: issueToken(user.id) });
  } catch (err) {
    next(err);
  }
});
