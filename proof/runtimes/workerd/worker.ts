// Runs inside workerd, as one bundled script. All of it happens in one request, as a worker may do
// nothing outside of one.
import { sealedStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';
import { brokerSentences } from './broker.ts';
import type { ActOn, Sentence, Told } from './sentence.ts';
import { sessionSentences } from './sessions.ts';

const memorySentences = storeCases.map(({ name, run }): Sentence => {
  return {
    name: `memoryStore ${name}`,
    async run() {
      const store = memoryStore();
      await run(() => store.open());
    },
  };
});

const sealedSentences = storeCases.map(({ name, run }): Sentence => {
  return {
    name: `sealedStore over memoryStore ${name}`,
    async run() {
      const store = memoryStore();
      const current = crypto.getRandomValues(new Uint8Array(32));
      await run(() => sealedStore(store.open(), { current }));
    },
  };
});

/** By the path that asks for them: the suite whose row they stand in. */
const sentences: Readonly<Record<string, readonly Sentence[]>> = {
  '/core': [...sealedSentences, ...sessionSentences],
  '/memory': memorySentences,
  '/broker': brokerSentences,
};

export default {
  async fetch(request: Request): Promise<Response> {
    const actOn = (await request.json()) as ActOn;
    const told: Told[] = [];
    for (const { name, run } of sentences[new URL(request.url).pathname] ?? []) {
      const error = await run(actOn).then(
        () => null,
        (reason: unknown) => String(reason),
      );
      told.push({ name, error });
    }
    return Response.json(told);
  },
};
