/** What must hold inside workerd; `run` rejects if it does not. */
export interface Sentence {
  readonly name: string;
  run(actOn: ActOn): Promise<void>;
}

/** An emulator that is served outside, and how a worker gets at it. */
export interface ActOn {
  readonly url: string;
  readonly client: { readonly id: string; readonly secret: string };
  readonly user: { readonly username: string; readonly password: string };
}

/** What became of a sentence: `null`, or why it failed. */
export interface Told {
  readonly name: string;
  readonly error: string | null;
}

export function expectSame(what: string, actual: unknown, wanted: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (is !== should) throw new Error(`${what}: ${is} in the place of ${should}.`);
}

/** Asks the emulator itself, or changes it. */
export async function control(actOn: ActOn, path: string, body?: object): Promise<unknown> {
  const init =
    body === undefined
      ? {}
      : {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        };
  const response = await fetch(`${actOn.url}/__emulator/${path}`, init);
  if (!response.ok)
    throw new Error(`The emulator answers ${response.status} to ${path}: ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}

interface Counters {
  readonly apiCalls: number;
  readonly api401s: number;
  readonly grants: Readonly<
    Record<'password' | 'refresh_token' | 'authorization_code', { readonly sent: number }>
  >;
}

export async function countersOf(actOn: ActOn): Promise<Counters> {
  return ((await control(actOn, 'ledger')) as { counters: Counters }).counters;
}
