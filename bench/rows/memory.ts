import { peers } from '../clients/all.ts';
import { floor } from '../clients/floor.ts';
import { ours } from '../clients/ours.ts';
import { inProcess } from '../harness/child.ts';
import { atMost, exactly } from '../harness/row.ts';
import { accountsOf, everybody, figures, type Group, inTurn } from './stage.ts';

/**
 * Of those that need kilobytes fewer are measured: what one needs does not depend on how many there
 * are.
 */
const fewer = {
  'google-auth-library': 10_000,
  '@supabase/auth-js': 5_000,
  'oidc-client-ts': 5_000,
} as const;

export const memory: Group = async (stage) => {
  const many = stage.quick ? 20_000 : 100_000;
  const bytesOf = (client: string): Promise<number> =>
    inProcess('heap', {
      client,
      accounts: Math.min(many, (fewer as Record<string, number>)[client] ?? many),
    });
  const bytes: Record<string, number> = { [floor.name]: await bytesOf(floor.name) };
  for (const { name } of peers) bytes[name] = await bytesOf(name);
  const pooled = { ...bytes, [ours.name]: await bytesOf('read') };
  const refreshed = {
    [floor.name]: bytes[floor.name] ?? Number.NaN,
    [ours.name]: await bytesOf('refreshed'),
  };
  const alone = { ...bytes, [ours.name]: await bytesOf('alone') };
  const row = { group: 6, unit: 'bytes', better: 'less', goal: atMost(400) } as const;
  const at = `of heap per account at ${many.toLocaleString('en')} accounts`;
  return [
    { ...row, metric: `${at}, in a pool`, ...figures([pooled]) },
    {
      ...row,
      metric: `${at}, in a pool, each refreshed once`,
      ...figures([refreshed]),
      goal: null,
    },
    { ...row, metric: `${at}, sessions without a pool`, ...figures([alone]), goal: null },
    {
      ...row,
      metric: 'timers per account after a refresh',
      unit: '',
      ...figures(await timers(stage)),
      goal: exactly(0),
    },
  ];
};

async function timers(stage: Parameters<Group>[0]) {
  return inTurn(1, everybody, async (client) => {
    const accounts = await accountsOf(stage, 20, 'lapsed');
    // One timer of the runtime's own fetch, whoever uses it.
    return Math.floor(await inProcess<number>('timers', { client, accounts }));
  });
}
