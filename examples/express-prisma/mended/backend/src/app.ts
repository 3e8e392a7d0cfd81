import express from 'express';
import helmet from 'helmet';
import { errors } from './middleware/errors.js';
import { authLimiter, limiter } from './middleware/limits.js';
import { auth } from './routes/auth.js';
import { health } from './routes/health.js';
import { workflows } from './routes/workflows.js';

export const app = express();
// nginx stands in front, and nothing else.
app.set('trust proxy', 1);

app.use(
  helmet({
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
      },
    },
  }),
);
app.use(express.json({ limit: '200kb' }));
app.use(health);
app.use('/api/auth', authLimiter, auth);
app.use('/api/workflows', limiter, workflows);
app.use(express.static('public'));
app.use(errors);
