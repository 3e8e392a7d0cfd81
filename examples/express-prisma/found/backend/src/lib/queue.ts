import { Queue } from 'bullmq';
import { redis } from './redis.js';

export const mails = new Queue('mails', { connection: redis });
