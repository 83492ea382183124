export { type DenoKv, type DenoKvStoreOptions, denoKvStore } from './deno-kv-store.ts';
