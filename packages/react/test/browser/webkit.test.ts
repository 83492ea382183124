import { describe } from 'vitest';
import { isWebKitThere, startWebKit } from '../../../../proof/support/webkit.ts';
import { renderedPages } from './support/rendered-cases.ts';

describe.skipIf(!isWebKitThere)('pages that a server rendered, in WebKit', () => {
  renderedPages(async () => {
    const webKit = await startWebKit();
    const page = await webKit.openPage();
    return {
      // Its driver does not show them. The pages report what they see themselves.
      complaints: [],
      page: {
        goto: (url) => page.goto(url),
        reload: () => page.reload(),
        evaluate: (expression) => page.evaluate(expression),
        clickButton: (name) => page.click(`//button[.="${name}"]`),
        close: () => webKit.close(),
      },
    };
  });
});
