import jwt from 'jsonwebtoken';

const secret = process.env.JWT_SECRET;
if (!secret || secret.length < 32) throw new Error('JWT_SECRET is not set, or too short');

export function issueToken(userId: string): string {
  return jwt.sign({ sub: userId }, secret, { algorithm: 'HS256', expiresIn: '15m' });
}

export function userOf(token: string): string {
  const claims = jwt.verify(token, secret, { algorithms: ['HS256'] });
  return String(claims.sub);
}
