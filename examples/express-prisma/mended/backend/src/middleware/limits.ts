import rateLimit from 'express-rate-limit';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import { redis } from '../lib/redis.js';

// All processes count together.
const store = (prefix: string) =>
  new RedisStore({
    prefix,
    sendCommand: (command: string, ...words: string[]) =>
      redis.call(command, ...words) as Promise<RedisReply>,
  });

export const limiter = rateLimit({
  windowMs: 60 * 1000,
  limit: 600,
  store: store('all:'),
});

// Whoever tries passwords.
export const authLimiter = rateLimit({
  windowMs: 15 * 60 * 1000,
  limit: 5,
  store: store('auth:'),
});
