import { startWebKit, type WebKit, type WebKitPage } from '../../../../proof/support/webkit.ts';
import type { TestBrowser, TestPage } from './browsers.ts';
import { serveSite } from './site.ts';

/** A driver of WebKit has one profile: each profile is another one. */
export async function startWebKitTabs(): Promise<TestBrowser> {
  const site = await serveSite();
  const profiles: WebKit[] = [];
  const browser: TestBrowser<WebKitPage & TestPage, WebKit> = {
    origin: site.origin,
    async openProfile() {
      const profile = await startWebKit();
      profiles.push(profile);
      return profile;
    },
    async openPages(profile, count) {
      const pages = [];
      while (pages.length < count) pages.push(await profile.openPage(`${site.origin}/`));
      return pages as (WebKitPage & TestPage)[];
    },
    goBack: (page) => page.goBack(),
    async close() {
      await Promise.all(profiles.map((profile) => profile.close()));
      await site.close();
    },
  };
  return browser as TestBrowser;
}
