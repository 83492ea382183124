import { afterAll, beforeAll, describe } from 'vitest';
import { isWebKitThere } from '../../../proof/support/webkit.ts';
import type { TestBrowser } from './support/browsers.ts';
import { storeInBrowser } from './support/store-cases.ts';
import { tabCases } from './support/tab-cases.ts';
import { startWebKitTabs } from './support/webkit-tabs.ts';

describe.skipIf(!isWebKitThere)('in WebKit', { timeout: 60_000 }, () => {
  let webKit: TestBrowser;
  beforeAll(async () => {
    webKit = await startWebKitTabs();
  }, 90_000);
  afterAll(() => webKit?.close());

  storeInBrowser('WebKit', () => webKit);

  describe('five tabs of one account', () => tabCases(() => webKit));
});
