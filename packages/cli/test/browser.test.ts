import { expect, it } from 'vitest';
import { browserCommand } from '../src/login/browser.ts';

const address = 'https://api.actonsoftware.com/authorize?a=b&c=d';

it.each<[NodeJS.Platform, Record<string, string>, readonly string[] | null]>([
  ['linux', { DISPLAY: ':0' }, ['xdg-open', address]],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open', address]],
  ['linux', {}, null],
  ['linux', { SSH_CONNECTION: '10.0.0.1', DISPLAY: 'localhost:10.0' }, ['xdg-open', address]],
  ['darwin', {}, ['open', address]],
  ['darwin', { SSH_CONNECTION: '10.0.0.1' }, null],
  ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', address]],
  ['win32', { SSH_CONNECTION: '10.0.0.1' }, null],
])('knows what shows an address: on %s with %j', (platform, env, command) => {
  expect(browserCommand(address, platform, env)).toEqual(command);
});
