/** What is used of `node:diagnostics_channel`. */
interface Channel {
  readonly hasSubscribers?: boolean;
  tracePromise(work: () => Promise<unknown>, context: object): Promise<unknown>;
}

interface Diagnostics {
  tracingChannel?(name: string): Channel;
}

interface Process {
  getBuiltinModule?(id: string): Diagnostics | undefined;
}

let channels: Record<string, Partial<Channel>> | null = null;

/**
 * Does the work, and publishes to the tracing channel `act-on-token:` and its name, where the runtime has
 * such channels and someone listens. They get `context` and, as its `result`, the `facts` of what
 * came of it: never the value or the error itself, because those may hold a secret.
 */
export function trace<T>(
  name: string,
  context: object,
  work: () => Promise<T>,
  facts: (value: T) => object,
): Promise<T> {
  const { getBuiltinModule } = (globalThis as { process?: Process }).process ?? {};
  if (getBuiltinModule === undefined) return work();
  channels ??= {};
  channels[name] ??=
    getBuiltinModule('node:diagnostics_channel')?.tracingChannel?.(`act-on-token:${name}`) ?? {};
  const channel = channels[name];
  if (!channel.hasSubscribers) return work();
  return traced(channel as Channel, context, work, facts);
}

async function traced<T>(
  channel: Channel,
  context: object,
  work: () => Promise<T>,
  facts: (value: T) => object,
): Promise<T> {
  let end: (() => T) | undefined;
  await channel.tracePromise(
    async () => {
      try {
        const value = await work();
        end = () => value;
        return facts(value);
      } catch (error) {
        end = () => {
          throw error;
        };
        const { name: failed, code } = Object(error) as { name?: unknown; code?: unknown };
        return { failed: typeof code === 'string' ? code : failed };
      }
    },
    { ...context },
  );
  return (end as () => T)();
}
