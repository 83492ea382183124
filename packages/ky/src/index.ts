export { type ActOnKyOptions, actOnKy } from './act-on-ky.ts';
