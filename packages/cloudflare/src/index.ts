export { ActOnAccount } from './act-on-account.ts';
export { type DurableObjectStoreOptions, durableObjectStore } from './durable-object-store.ts';
