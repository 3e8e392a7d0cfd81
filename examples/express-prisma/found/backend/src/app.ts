import express from 'express';
import helmet from 'helmet';
import { errors } from './middleware/errors.js';
import { limiter } from './middleware/limits.js';
import { auth } from './routes/auth.js';
import { health } from './routes/health.js';
import { workflows } from './routes/workflows.js';

export const app = express();

app.use(
  helmet({
    hsts: false,
    xContentTypeOptions: false,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
      },
    },
  }),
);
app.use(express.json({ limit: '200kb' }));
app.use(health);
app.use('/api/auth', auth);
app.use('/api/workflows', limiter, workflows);
app.use(express.static('public'));
app.use(errors);
