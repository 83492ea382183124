import { type ReactNode, startTransition } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, vi } from 'vitest';

/**
 * A React root in the document, without `act()`: React renders when it thinks fit, so that renders
 * can be counted.
 */
export interface Page {
  readonly text: string;
  /**
   * Waits until this is all that the page shows: React takes its time before it lifts a fallback.
   */
  shows(text: string): Promise<void>;
  render(node: ReactNode): void;
  /** Renders in the background: what is there stays until the new page is ready. */
  renderInTransition(node: ReactNode): void;
  unmount(): void;
}

const pages: Page[] = [];

export function open(node: ReactNode): Page {
  const container = document.body.appendChild(document.createElement('main'));
  const root = createRoot(container);
  const page = pageOf(container, root);
  page.render(node);
  return page;
}

/**
 * As a browser takes over a page that a server rendered. `complaints` gets what React repaired by
 * itself.
 */
export function takeOver(html: string, node: ReactNode, complaints: unknown[]): Page {
  const container = document.body.appendChild(document.createElement('main'));
  container.innerHTML = html;
  return pageOf(
    container,
    hydrateRoot(container, node, { onRecoverableError: (error) => complaints.push(error) }),
  );
}

function pageOf(container: HTMLElement, root: ReturnType<typeof createRoot>): Page {
  const page: Page = {
    get text() {
      return container.textContent ?? '';
    },
    shows: (text) => vi.waitFor(() => expect(page.text).toBe(text), { timeout: 20_000 }),
    render: (node) => flushSync(() => root.render(node)),
    renderInTransition: (node) => startTransition(() => root.render(node)),
    unmount: () => root.unmount(),
  };
  pages.push(page);
  return page;
}

/**
 * For each test of a file: pages are gone after it, and neither React nor the session had a
 * complaint.
 */
export function expectNoComplaints(): void {
  beforeEach(() => {
    vi.spyOn(console, 'error');
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.unmount();
    expect(console.error).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
}
