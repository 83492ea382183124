import { ActOnTokenError, type Session } from '@act-on-token/core';
import { type RefObject, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { type ActOnToken, bindingOf } from './binding.ts';
import { useSession } from './provider.ts';

/**
 * A part of what {@link useActOnToken} gives. Renders again only if that part changed: the
 * functions never do, so a component that only sends requests selects `fetch` and never renders
 * again. `isEqual` is for selectors that make a new object each time; by default parts are compared
 * by `Object.is`. Throws `configuration` if there is neither a provider nor a session in the
 * arguments.
 *
 * @example
 * const usable = useActOnTokenSelector((token) => token.usable);
 */
export function useActOnTokenSelector<Selected>(
  selector: (token: ActOnToken) => Selected,
  isEqual: (previous: Selected, next: Selected) => boolean = Object.is,
  session?: Session,
): Selected {
  for (const [name, value] of Object.entries({ selector, isEqual }))
    if (typeof value !== 'function')
      throw new ActOnTokenError(
        'configuration',
        `useActOnTokenSelector(): "${name}" must be a function.`,
      );
  const { subscribe, read, readOnServer } = bindingOf(useSession('useActOnTokenSelector', session));
  const rendered = useRef<{ readonly selected: Selected } | null>(null);
  const select = useMemo(() => memoized(selector, isEqual, rendered), [selector, isEqual]);
  const selected = useSyncExternalStore(
    subscribe,
    () => select(read()),
    () => select(readOnServer()),
  );
  useEffect(() => {
    rendered.current = { selected };
  }, [selected]);
  return selected;
}

/**
 * Selects once per state. What is equal to the selection before stays that very value; and so that
 * an inline selector, a new one at each render, keeps its value too, the first selection is
 * compared with the one that was last rendered.
 */
function memoized<Selected>(
  selector: (token: ActOnToken) => Selected,
  isEqual: (previous: Selected, next: Selected) => boolean,
  rendered: RefObject<{ readonly selected: Selected } | null>,
): (token: ActOnToken) => Selected {
  let last: { readonly token: ActOnToken; readonly selected: Selected } | null = null;
  return (token) => {
    if (last?.token === token) return last.selected;
    const next = selector(token);
    const previous = last ?? rendered.current;
    last = {
      token,
      selected: previous !== null && isEqual(previous.selected, next) ? previous.selected : next,
    };
    return last.selected;
  };
}
