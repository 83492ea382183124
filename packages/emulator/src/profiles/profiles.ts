import type { ProfileName } from '../settings.ts';
import { current } from './current.ts';
import { legacy } from './legacy.ts';
import type { Profile } from './profile.ts';
import { rfc } from './rfc.ts';

export const profiles: Readonly<Record<ProfileName, Profile>> = { current, legacy, rfc };
