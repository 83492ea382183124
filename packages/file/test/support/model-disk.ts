import { dirname } from 'node:path';
import type { Disk } from '../../src/disk.ts';

/** Paths and what they hold; `null` is a folder. */
type Tree = Map<string, string | null>;
/** A change of names, and the folders whose `sync` makes it last. */
interface Change {
  readonly folders: readonly string[];
  apply(tree: Tree): void;
}

/**
 * A disk in memory. Each call waits until `step` lets it happen, so that a test decides who goes
 * first and who never goes on; and it remembers what would survive a loss of power.
 */
export class ModelDisk {
  readonly tree: Tree = new Map();
  readonly #looksOld: () => boolean;
  #lasting: Tree = new Map();
  #unsynced: Change[] = [];
  #waiting: { readonly who: number; readonly go: () => void }[] = [];

  /** `looksOld` tells whether a folder in the making is taken for one whose maker died. */
  constructor(looksOld: () => boolean = () => false) {
    this.#looksOld = looksOld;
  }

  /** The same disk for one of several processes. */
  for(who: number): Disk {
    const call = <Answer>(work: () => Answer) =>
      new Promise<Answer>((resolve, reject) => {
        const go = () => {
          try {
            resolve(work());
          } catch (error) {
            reject(error);
          }
        };
        this.#waiting.push({ who, go });
      });
    return {
      list: (folder) => call(() => this.#list(folder)),
      read: (file) => call(() => this.tree.get(file) ?? fail('ENOENT')),
      write: (file, text) => call(() => this.#write(file, text)),
      makeFolder: (folder) => call(() => this.#makeFolder(folder)),
      move: (from, to) => call(() => this.#move(from, to)),
      sync: (folder) => call(() => this.#sync(folder)),
      // Whom a directory belongs to changes for none of these processes.
      enter: async (directory, isMade) => {
        if (isMade) this.#makeFolder(directory);
        if (!this.tree.has(directory)) fail('ENOENT');
        return { path: directory, leave: async () => {} };
      },
      remove: (file) => call(() => this.#remove(file)),
      removeFolder: (folder) =>
        call(() => void (this.#list(folder).length === 0 && this.#remove(folder))).catch(() => {}),
      listAll: (directory) => call(() => this.#list(directory)),
      changedAt: () => call(() => (this.#looksOld() ? 0 : Date.now())),
      place: async () => ({}),
    };
  }

  /** Who has a call to make now, each once. */
  get waiting(): number[] {
    return [...new Set(this.#waiting.map(({ who }) => who))].sort();
  }

  /** Lets the first call of this process happen, and the process work until its next one. */
  async step(who: number): Promise<void> {
    const index = this.#waiting.findIndex((each) => each.who === who);
    const [call] = this.#waiting.splice(index, 1);
    call?.go();
    await settled();
  }

  /**
   * Every tree that may be found after a loss of power now: what is not synced may have happened or
   * not, each by itself.
   */
  *treesAfterPowerLoss(): Generator<Tree> {
    for (let subset = 0; subset < 2 ** this.#unsynced.length; subset += 1) {
      const tree = new Map(this.#lasting);
      this.#unsynced.forEach((change, bit) => {
        if (subset & (1 << bit)) change.apply(tree);
      });
      yield tree;
    }
  }

  #change(folders: readonly string[], apply: Change['apply']): void {
    apply(this.tree);
    this.#unsynced.push({ folders, apply });
  }

  #list(folder: string): string[] {
    if (!this.tree.has(folder)) fail('ENOENT');
    return [...this.tree.keys()]
      .filter((path) => dirname(path) === folder)
      .map((path) => path.slice(folder.length + 1));
  }

  #write(file: string, text: string): void {
    if (!this.tree.has(dirname(file))) fail('ENOENT');
    if (this.tree.has(file)) fail('EEXIST');
    this.#change([dirname(file)], (tree) => void (tree.has(dirname(file)) && tree.set(file, text)));
  }

  #makeFolder(folder: string): void {
    for (let path = folder; path !== '/'; path = dirname(path)) {
      this.tree.set(path, null);
      this.#lasting.set(path, null);
    }
  }

  #move(from: string, to: string): void {
    if (!this.tree.has(from)) fail('ENOENT');
    if ([...this.tree.keys()].some((path) => dirname(path) === to)) fail('ENOTEMPTY');
    this.#change([dirname(from), dirname(to)], (tree) => {
      const moved = [...tree].filter(([path]) => path === from || path.startsWith(`${from}/`));
      removeFrom(tree, from);
      for (const [path, text] of moved) tree.set(to + path.slice(from.length), text);
    });
  }

  #remove(path: string): void {
    this.#change([dirname(path)], (tree) => removeFrom(tree, path));
  }

  #sync(folder: string): void {
    if (!this.tree.has(folder)) fail('ENOENT');
    const isSynced = ({ folders }: Change) => folders.includes(folder);
    for (const change of this.#unsynced.filter(isSynced)) change.apply(this.#lasting);
    this.#unsynced = this.#unsynced.filter((change) => !isSynced(change));
  }
}

/**
 * Resolves when all that can go on without the disk has done so: promises only, of which none waits
 * for so many others.
 */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await undefined;
}

function removeFrom(tree: Tree, path: string): void {
  for (const each of [...tree.keys()])
    if (each === path || each.startsWith(`${path}/`)) tree.delete(each);
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}
