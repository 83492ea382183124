import { json } from '../gateway.ts';
import type { ApiCall } from './guard.ts';

/** GET /api/1/account: who the token belongs to. */
export function getAccount({ user }: ApiCall): Response {
  const [name = user.username] = user.username.split('@');
  return json(200, {
    // A number here, and text in the paths that name it.
    account_id: Number(user.accountId),
    cname: 'emulator.example.test',
    user_name: name,
    user_email: user.username,
    account_name: user.account,
    user_type: 'MARKETING',
    isAdmin: true,
    login: user.username,
    time_zone: 'America/Los_Angeles',
  });
}
