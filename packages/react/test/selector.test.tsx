import { type ActOnToken, ActOnTokenProvider, useActOnTokenSelector } from '@act-on-token/react';
import { type ReactElement, Suspense, startTransition, useState } from 'react';
import { describe, expect, it } from 'vitest';
import { expectNoComplaints, open } from './support/page.ts';
import { world } from './support/world.ts';

expectNoComplaints();

describe('useActOnTokenSelector', () => {
  it('keeps the very value while an inline selector and an inline comparison find nothing new', async () => {
    const { refresh, signedIn } = world();
    const session = await signedIn();
    const seen: unknown[] = [];
    function Grants(): ReactElement {
      const grants = useActOnTokenSelector(
        ({ grants }) => ({ used: grants.used, limit: grants.limit }),
        (a, b) => a.used === b.used && a.limit === b.limit,
      );
      seen.push(grants);
      return <i>{grants.used}</i>;
    }
    const tree = (): ReactElement => (
      <ActOnTokenProvider session={session}>
        <Grants />
      </ActOnTokenProvider>
    );
    const page = open(tree());
    await refresh(session);
    expect(seen).toHaveLength(1);
    page.render(tree());
    await refresh(session);
    page.render(tree());
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(1);
  });

  it('does not loop when a selector makes something new each time and no one compares', async () => {
    const { clock, refresh, signedIn } = world();
    const session = await signedIn();
    let renders = 0;
    function Everything(): ReactElement {
      const all = useActOnTokenSelector((token) => ({ ...token }));
      renders += 1;
      return <i>{all.status}</i>;
    }
    open(
      <ActOnTokenProvider session={session}>
        <Everything />
      </ActOnTokenProvider>,
    );
    await clock.advance(0);
    expect(renders).toBe(1);
    await refresh(session);
    expect(renders).toBeLessThanOrEqual(3);
  });

  it('asks a selector once per state', async () => {
    const { refresh, signedIn } = world();
    const session = await signedIn();
    const asked: ActOnToken[] = [];
    const status = (token: ActOnToken): string => {
      asked.push(token);
      return token.status;
    };
    function Status(): ReactElement {
      return <i>{useActOnTokenSelector(status)}</i>;
    }
    const tree = (): ReactElement => (
      <ActOnTokenProvider session={session}>
        <Status />
      </ActOnTokenProvider>
    );
    const page = open(tree());
    await refresh(session);
    page.render(tree());
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('selects again when the selector selects something else', async () => {
    const { signedIn } = world();
    const session = await signedIn();
    function Part({ of }: { of: 'status' | 'usable' }): ReactElement {
      return <i>{String(useActOnTokenSelector((token) => token[of]))}</i>;
    }
    const tree = (of: 'status' | 'usable'): ReactElement => (
      <ActOnTokenProvider session={session}>
        <Part of={of} />
      </ActOnTokenProvider>
    );
    const page = open(tree('status'));
    expect(page.text).toBe('authorized');
    page.render(tree('usable'));
    expect(page.text).toBe('true');
  });

  it('keeps what is on the page true while a transition with another selector waits in the background', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    const never = new Promise<never>(() => {});
    let go = (): void => {};
    function Pending(): never {
      throw never;
    }
    function Part(): ReactElement {
      const [of, setOf] = useState<'status' | 'usable'>('status');
      go = () => startTransition(() => setOf('usable'));
      const part = useActOnTokenSelector(
        (token) => ({ text: String(token[of]) }),
        (a, b) => a.text === b.text,
      );
      return (
        <i>
          {part.text}
          {of === 'usable' ? <Pending /> : null}
        </i>
      );
    }
    const page = open(
      <ActOnTokenProvider session={session}>
        <Suspense fallback="waiting">
          <Part />
        </Suspense>
      </ActOnTokenProvider>,
    );
    go();
    await clock.advance(0);
    expect(page.text).toBe('authorized');
    await clock.settle(session.signOut());
    await clock.advance(0);
    expect(page.text).toBe('idle');
  });
});
