import { vi } from 'vitest';

export type Ky = typeof import('ky');

/** Each major of ky, with what it calls the base of every path. */
export const eachKy = [
  { name: 'ky 2', base: 'prefix', load: (): Promise<Ky> => vi.importActual('ky') },
  { name: 'ky 1', base: 'prefixUrl', load: (): Promise<Ky> => vi.importActual('ky-1') },
] as const;

/** That ky, and this package as it is with it. */
export async function withKy(
  load: () => Promise<Ky>,
): Promise<{ ky: Ky } & typeof import('../../src/index.ts')> {
  vi.resetModules();
  vi.doMock('ky', load);
  return { ky: await import('ky'), ...(await import('../../src/index.ts')) };
}
