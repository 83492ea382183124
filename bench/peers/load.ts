const loaded = new Map<string, unknown>();

/**
 * A peer's module. It is looked up from this folder, which has packages and a lock file of its own:
 * see `ensurePeers()`.
 */
export async function loadPeer<Module>(name: string): Promise<Module> {
  if (!loaded.has(name)) loaded.set(name, await import(name));
  return loaded.get(name) as Module;
}
