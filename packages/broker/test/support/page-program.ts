// What a page of the app runs in a real browser: a session with the broker, within reach of the
// test.
import { type BrokerSession, createBrokerSession } from '@act-on-token/broker/client';

declare global {
  var session: BrokerSession;
}

globalThis.session = createBrokerSession({ url: '/auth' });
globalThis.session.subscribe(() => {
  const { loaded, status } = globalThis.session.getSnapshot();
  document.body.textContent = loaded ? status : 'loading';
});
