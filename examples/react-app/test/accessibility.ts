import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What axe finds in a page, in light and in dark colours: `dark, serious: color-contrast (.badge)`.
 */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: string[] = [];
  // Light ones last: the screenshots go on in them.
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate<axe.AxeResults>(
      'axe.run({ resultTypes: ["violations"] })',
    );
    const where = (nodes: axe.NodeResult[]): string =>
      nodes.map(({ target }) => target.join(' ')).join(', ');
    found.push(
      ...violations.map(
        ({ id, impact, nodes }) => `${colorScheme}, ${impact}: ${id} (${where(nodes)})`,
      ),
    );
  }
  return found;
}
