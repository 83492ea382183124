import { runtime as projectNode } from '../../tooling/bootstrap/paths.mjs';

/**
 * What a test forks its workers with, from their sources. The project's Node, as an older one cannot read TypeScript; but what
 * Deno forks must be Deno, or the two do not understand each other's messages.
 */
export const workerRuntime: string = 'Deno' in globalThis ? process.execPath : projectNode;
