// The process that `startActOn()` starts. It ends with its parent.
import { serveEmulator } from '@act-on-token/emulator';
import { userOf } from './act-on.ts';

const users = Array.from({ length: Number(process.argv[2]) }, (_, user) => userOf(user));
const { url, client } = await serveEmulator({
  control: true,
  users,
  grantLimit: null,
  apiLimits: null,
  tokenStyle: 'hex32',
  ledgerLimit: 10,
});
process.send?.({ url, client });
process.on('disconnect', () => process.exit());
