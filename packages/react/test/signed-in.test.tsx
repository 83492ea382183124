import type { SessionEvent } from '@act-on-token/core';
import { ActOnSignedIn, useActOnAccount, useActOnEvents, useActOnToken } from '@act-on-token/react';
import { type ReactElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { expectNoComplaints, open } from './support/page.ts';
import { anHour, world } from './support/world.ts';

expectNoComplaints();

describe('<ActOnSignedIn>', () => {
  it('shows what loads, then the fallback, then its children, and keeps them through a refresh', async () => {
    const { clock, emulator, session } = world();
    const mine = session();
    const app = (
      <StrictMode>
        <ActOnSignedIn session={mine} loading="wait" fallback="please sign in">
          welcome
        </ActOnSignedIn>
      </StrictMode>
    );
    expect(renderToString(app)).toBe('wait');
    const page = open(app);
    expect(page.text).toBe('wait');
    await clock.advance(0);
    expect(page.text).toBe('please sign in');
    await clock.settle(mine.authorize({ type: 'password', ...emulator.user }));
    expect(page.text).toBe('welcome');
    await clock.advance(2 * anHour);
    expect([page.text, mine.getSnapshot().status]).toEqual(['welcome', 'expired']);
    await clock.settle(mine.signOut());
    expect(page.text).toBe('please sign in');
  });
});

describe('useActOnEvents', () => {
  it('calls the function of the last render, once for each event, and none after the component has gone', async () => {
    const { clock, emulator, session } = world();
    const mine = session();
    const heard: string[] = [];
    const Listener = ({ name }: { name: string }): ReactElement => {
      useActOnEvents(({ type }: SessionEvent) => void heard.push(`${name}: ${type}`), mine);
      return <i>{name}</i>;
    };
    const app = (name: string) => (
      <StrictMode>
        <Listener name={name} />
      </StrictMode>
    );
    const page = open(app('first'));
    await clock.settle(mine.authorize({ type: 'password', ...emulator.user }));
    page.render(app('second'));
    await clock.settle(mine.signOut());
    page.render(<i />);
    await clock.settle(mine.authorize({ type: 'password', ...emulator.user }));
    expect(heard).toEqual(['first: grant_sent', 'first: signed_in', 'second: signed_out']);
  });
});

describe('a session without a broker', () => {
  it('has no accounts with names, and says how a person signs in to it', async () => {
    const { signedIn } = world();
    const mine = await signedIn();
    const seen: unknown[] = [];
    const Account = (): null => {
      const { account, accounts, signIn } = useActOnToken(mine);
      seen.push(account, accounts, useActOnAccount(mine));
      expect(() => signIn()).toThrow('signs in with authorize()');
      return null;
    };
    open(<Account />);
    expect(seen.slice(0, 3)).toEqual([null, [], null]);
  });
});
