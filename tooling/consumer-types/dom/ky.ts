import type { Session } from '@act-on-token/core';
import {
  type ActOnKyOptions,
  actOnKy,
  createRateLimit,
  type RateLimit,
  type RateLimitOptions,
} from '@act-on-token/ky';
import type { KyInstance } from 'ky';

declare const session: Session;

export const api: KyInstance = actOnKy(session);
export const patient: KyInstance = actOnKy(session, {
  timeout: 60_000,
  retry: { limit: 5 },
  headers: { 'x-mine': 'yes' },
});
export const options: ActOnKyOptions = { retry: 3, throwHttpErrors: false };

const { totalCount } = await api
  .get('api/1/list', { searchParams: { listingtype: 'CONTACT_LIST' } })
  .json<{ totalCount: number }>();
export const count: number = totalCount;
export const lists: KyInstance = api.extend({ headers: { 'x-mine': undefined } });

export const pace: RateLimitOptions = {
  limit: 2,
  interval: 1_000,
  maxWait: Number.POSITIVE_INFINITY,
};
export const rateLimit: RateLimit = createRateLimit(pace);
export const paced: KyInstance = actOnKy(session, { rateLimit, retry: 3 });

// @ts-expect-error a limit is made by createRateLimit()
actOnKy(session, { rateLimit: true });

// @ts-expect-error requests go through the session
actOnKy(session, { fetch });

// @ts-expect-error there is one base for all paths
actOnKy(session, { baseUrl: 'https://elsewhere.example' });

// @ts-expect-error a session is needed
actOnKy();
