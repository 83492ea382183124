import { tracingChannel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { traceSessions } from '@act-on-token/opentelemetry';
import {
  BasicTracerProvider,
  ConsoleSpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { filesUnder, foldersIn } from '../../tooling/bootstrap/fingerprint.mjs';
import { root } from '../../tooling/bootstrap/paths.mjs';
import type { Stage } from './stage.ts';

/** Every name under which a package publishes, as its source has it. */
export function everyChannel(): string[] {
  const packages = join(root, 'packages');
  const files = foldersIn(packages).flatMap((name) => filesUnder(join(packages, name, 'src')));
  const names = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\btrace(?:<[^>]*>)?\(\s*'([\w.]+)'/g)].map(
      ([, name = '']) => name,
    ),
  );
  return [...new Set(names)].sort();
}

/**
 * Keeps all that is published to the tracing channels, and prints a span of each to the console, as
 * a program does with the exporter of OpenTelemetry that is for trying out. Returns the function
 * that stops it.
 */
export function listenToChannels(keep: Stage['keep']): () => void {
  const stops = everyChannel().map((name) => {
    const place = `the channel ${name}`;
    const listeners = {
      // One object from the beginning of a call to its end; it is looked at when all is over.
      start: (published: object) => keep(place, published),
      end: () => {},
      asyncStart: () => {},
      asyncEnd: () => {},
      error: (published: object) => keep(`${place}, an error`, published),
    };
    const channel = tracingChannel(`act-on-token:${name}`);
    channel.subscribe(listeners);
    return () => channel.unsubscribe(listeners);
  });
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
  });
  stops.push(traceSessions(provider.getTracer('canary')));
  return () => {
    for (const stop of stops) stop();
  };
}
