import rateLimit from 'express-rate-limit';

// The same limit for all routes.
export const limiter = rateLimit({
  windowMs: 60 * 1000,
  limit: 600,
  keyGenerator: (req) => req.ip ?? '',
});
