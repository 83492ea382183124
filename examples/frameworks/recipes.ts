// A session in other frameworks: a few lines each, over `subscribe` and `getSnapshot`.
import type { Session, Snapshot } from '@act-on-token/core';
import { DestroyRef, inject, type Signal, signal } from '@angular/core';
import { signal as preactSignal, type ReadonlySignal } from '@preact/signals-core';
import { atom, onMount, type ReadableAtom } from 'nanostores';
import { from } from 'solid-js';
import { type Readable, readable } from 'svelte/store';
import { onScopeDispose, readonly, type ShallowRef, shallowRef } from 'vue';

/** Vue: in `setup()` or in another effect scope. */
export function useActOn(session: Session): Readonly<ShallowRef<Snapshot>> {
  const snapshot = shallowRef(session.getSnapshot());
  onScopeDispose(session.subscribe((next) => Object.assign(snapshot, { value: next })));
  return readonly(snapshot) as Readonly<ShallowRef<Snapshot>>;
}

/** Svelte: `$actOn.usable` in a component. */
export const actOnStore = (session: Session): Readable<Snapshot> =>
  readable(session.getSnapshot(), (set) => {
    set(session.getSnapshot());
    return session.subscribe(set);
  });

/** Solid: in a component or another root. */
export const createActOn = (session: Session): (() => Snapshot) =>
  from((set) => session.subscribe((next) => set(() => next)), session.getSnapshot());

/** Angular: where something can be injected. */
export function actOnSignal(session: Session): Signal<Snapshot> {
  const snapshot = signal(session.getSnapshot());
  inject(DestroyRef).onDestroy(session.subscribe((next) => snapshot.set(next)));
  return snapshot.asReadonly();
}

/** nanostores: watched while anything listens. */
export function actOnAtom(session: Session): ReadableAtom<Snapshot> {
  const $snapshot = atom(session.getSnapshot());
  onMount($snapshot, () => {
    $snapshot.set(session.getSnapshot());
    return session.subscribe((next) => $snapshot.set(next));
  });
  return $snapshot;
}

/** Preact signals; call `stop` when nothing shows it any more. */
export function actOnPreact(session: Session): {
  snapshot: ReadonlySignal<Snapshot>;
  stop(): void;
} {
  const snapshot = preactSignal(session.getSnapshot());
  return { snapshot, stop: session.subscribe((next) => Object.assign(snapshot, { value: next })) };
}
