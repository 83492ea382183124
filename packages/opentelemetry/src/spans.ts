import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import {
  type Attributes,
  context,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** What core publishes to its tracing channels: never a token, a key or an address. */
interface Published {
  readonly method?: string;
  readonly grant?: string;
  readonly result?: {
    readonly type?: string;
    readonly status?: number;
    readonly ok?: boolean;
    readonly found?: boolean;
    readonly failed?: string;
  };
}

const names = ['session.fetch', 'endpoint.send', 'endpoint.fetch', 'store.read', 'store.swap'];

/**
 * Makes a span of each API call (`act_on.session.fetch`, with the wait for its token), of each
 * request to Act-On and of each call of a store. A refresh shows under the call that began it. For
 * Node 20.16 and newer, and runtimes that have its `diagnostics_channel`; elsewhere it does nothing.
 * Returns the function that stops it.
 *
 * @example
 * const stop = traceSessions();
 */
export function traceSessions(tracer: Tracer = trace.getTracer('@act-on-token/core')): () => void {
  const stops = names.map((name) => traceChannel(tracer, name));
  return () => {
    for (const stop of stops) stop();
  };
}

/** One for all spans: each knows under which it began. */
const current = new AsyncLocalStorage<Span>();

function traceChannel(tracer: Tracer, name: string): () => void {
  const channel = tracingChannel<Published>(`act-on-token:${name}`);
  const spans = new WeakMap<object, Span>();
  const begin = (published: Published): Span => {
    const parent = current.getStore();
    const around = context.active();
    const { method, grant } = published;
    const attributes: Attributes = {
      ...(method && { 'http.request.method': method.toUpperCase() }),
      ...(grant && { 'act_on.grant': grant }),
    };
    const span = tracer.startSpan(
      `act_on.${name}`,
      { attributes },
      parent === undefined ? around : trace.setSpan(around, parent),
    );
    spans.set(published, span);
    return span;
  };
  const end = (published: Published): void => {
    const span = spans.get(published);
    const { type, status, ok, found, failed } = published.result ?? {};
    span?.setAttributes({
      ...(type !== undefined && { 'act_on.outcome': type }),
      ...(status !== undefined && { 'http.response.status_code': status }),
      ...(ok !== undefined && { 'act_on.swapped': ok }),
      ...(found !== undefined && { 'act_on.found': found }),
      ...(failed !== undefined && { 'error.type': failed }),
    });
    const isError = failed !== undefined || (type !== undefined && type !== 'granted');
    if (isError) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  };
  // Node's types take what is published for what is stored.
  const start = channel.start as unknown as {
    bindStore(store: AsyncLocalStorage<Span>, begin: (published: Published) => Span): void;
    unbindStore(store: AsyncLocalStorage<Span>): void;
  };
  start.bindStore(current, begin);
  const listeners = { asyncEnd: end } as never;
  channel.subscribe(listeners);
  return () => {
    start.unbindStore(current);
    channel.unsubscribe(listeners);
  };
}
