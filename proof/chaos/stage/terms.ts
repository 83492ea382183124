// What the product is told in a run, scaled to minutes. The lease is the product's own rule: the
// request timeout and 20 s.

export const requestTimeout = 2_000;
export const lease: number = requestTimeout + 20_000;
/** How long an access token lives, in seconds. */
export const lifetime = 20;
export const session = { refreshAhead: 18_000, minValidity: 500, minRefreshInterval: 1_000 };
export const grantLimits = {
  raised: { limit: 100, window: 30_000 },
  true: { limit: 5, window: 3_600_000 },
};
/** Milliseconds between two calls of one process for one account, on average. */
export const pause = 2_000;
