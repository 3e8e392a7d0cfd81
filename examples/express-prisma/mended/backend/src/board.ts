// Shows the queue of mails to those who run the platform.
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter.js';
import { ExpressAdapter } from '@bull-board/express';
import express from 'express';
import helmet from 'helmet';
import { mails } from './lib/queue.js';

const pages = new ExpressAdapter();
createBullBoard({ queues: [new BullMQAdapter(mails)], serverAdapter: pages });

const app = express();
app.use(helmet({ contentSecurityPolicy: { directives: { styleSrc: ["'self'"], fontSrc: ["'self'"] } } }));
app.get('/live', (_req, res) => {
  res.json({ status: 'ok' });
});
app.use('/', pages.getRouter());
app.listen(3100);
