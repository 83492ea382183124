import {
  type ComponentType,
  createElement,
  lazy,
  type ReactElement,
  Suspense,
  useSyncExternalStore,
} from 'react';

/**
 * A component that is loaded when it is first rendered in a browser. A server renders nothing, and
 * neither does a browser that takes over what the server rendered, until it has. If it cannot be
 * loaded, the page goes on without it.
 */
export function inBrowserOnly<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): (props: Props) => ReactElement | null {
  const nothing: ComponentType<Props> = () => null;
  const Loaded = lazy(() =>
    load().catch((error: unknown) => {
      console.error('act-on-token: the devtools could not be loaded.', error);
      return { default: nothing };
    }),
  ) as ComponentType<Props>;
  return (props) =>
    useSyncExternalStore(neverChanges, inBrowser, onServer)
      ? createElement(Suspense, { fallback: null }, createElement(Loaded, props))
      : null;
}

const neverChanges = (): (() => void) => () => {};
const inBrowser = (): boolean => true;
const onServer = (): boolean => false;
