import type { Config } from '@react-router/dev/config';

/** Three routes: the page knows all of them from the start. */
export default { ssr: true, routeDiscovery: { mode: 'initial' } } satisfies Config;
