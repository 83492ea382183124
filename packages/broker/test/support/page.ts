import { afterEach, vi } from 'vitest';
import { appOrigin } from './browser.ts';

/** What of a page's globals the client goes by. */
export interface Page {
  readonly location: URL & { readonly assign: (url: string) => void };
  /** Where the page was sent. */
  readonly left: string[];
  /** Something happens to the page: `focus`, `online`, `pageshow`, `visibilitychange`. */
  happens(type: string, more?: object): void;
  visibilityState: 'visible' | 'hidden';
  /** How many listeners there are. */
  readonly listeners: number;
}

/**
 * Makes this process look like a page of the app, as far as scripts go by it, until the test is
 * over.
 */
export function openPage(path = '/lists?page=2#top'): Page {
  const [scope, document] = [countingTarget(), countingTarget()];
  const left: string[] = [];
  const location = Object.assign(new URL(path, appOrigin), {
    assign: (url: string) => void left.push(url),
  });
  const page: Page = {
    location,
    left,
    visibilityState: 'visible',
    happens(type, more = {}) {
      const target = type === 'visibilitychange' ? document.target : scope.target;
      target.dispatchEvent(Object.assign(new Event(type), more));
    },
    get listeners() {
      return scope.count() + document.count();
    },
  };
  const { addEventListener, removeEventListener } = scope.target;
  vi.stubGlobal('location', location);
  vi.stubGlobal('addEventListener', addEventListener.bind(scope.target));
  vi.stubGlobal('removeEventListener', removeEventListener.bind(scope.target));
  vi.stubGlobal(
    'document',
    Object.defineProperty(document.target, 'visibilityState', { get: () => page.visibilityState }),
  );
  return page;
}

afterEach(() => void vi.unstubAllGlobals());

function countingTarget(): { target: EventTarget; count(): number } {
  const target = new EventTarget();
  const listening = new Set<unknown>();
  const counted = Object.assign(target, {
    addEventListener(type: string, listener: EventListener) {
      listening.add(listener);
      EventTarget.prototype.addEventListener.call(target, type, listener);
    },
    removeEventListener(type: string, listener: EventListener) {
      listening.delete(listener);
      EventTarget.prototype.removeEventListener.call(target, type, listener);
    },
  });
  return { target: counted, count: () => listening.size };
}
