export type { StoreCase } from './store-case.ts';
export { storeCases } from './store-cases.ts';
