import type { Listen } from '@act-on-token/sql';
import type pg from 'pg';

/** `listen` with a pool of pg, as the README has it. */
export const listenWith =
  (pool: pg.Pool): Listen =>
  async (channel, hear, lost) => {
    const client = await pool.connect();
    client.on('notification', ({ payload }) => hear(payload ?? ''));
    client.on('error', lost);
    client.query(`LISTEN ${channel}`).catch(lost);
    return () => client.release(true);
  };
