import { createBroker } from '@act-on-token/broker';
import { readSettings } from './settings.ts';

/** Never in a page: React Router refuses to build what would bring a `.server` file into one. */
export const broker = createBroker(readSettings(process.env));
