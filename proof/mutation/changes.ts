import { api } from './changes/api.ts';
import type { Change } from './changes/change.ts';
import { core } from './changes/core.ts';
import { sessions } from './changes/session.ts';
import { stores } from './changes/stores.ts';

/**
 * Kept changes of meaning: `npm run mutation -- --changes [words]` plays each one and shows whether
 * its tests notice.
 */
export const changes: readonly Change[] = [...core, ...sessions, ...stores, ...api];
