export { type ActOnKyOptions, actOnKy } from './act-on-ky.ts';
export { createRateLimit, type RateLimit, type RateLimitOptions } from './rate-limit.ts';
