/**
 * One text of one source each, and what replaces it. White space does not count: a formatter may
 * have broken the line.
 */
export interface Cut {
  /** From the packages folder. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Safeguard {
  /** What the library does because of it. */
  readonly what: string;
  readonly cuts: readonly [Cut, ...Cut[]];
}

const machine = 'core/src/machine.ts';
const session = (name: string): string => `core/src/session/${name}.ts`;

function one(what: string, file: string, from: string, to: string): Safeguard {
  return { what, cuts: [{ file, from, to }] };
}

/**
 * What can be taken out of the library, one at a time: the simulation must find out what each is
 * for.
 */
export const safeguards = {
  'version-check': one(
    'a swap compares versions',
    'memory/src/memory-store.ts',
    '(current?.version ?? null) !== expected',
    'false',
  ),
  claim: one(
    'a process that finds a claim waits',
    machine,
    'return claim.until > now && watched <= lengthOf(claim) + rules.margin;',
    'return false;',
  ),
  'others-lease': one(
    'a claim counts for as long as the program that made it says',
    machine,
    'watched <= lengthOf(claim) + rules.margin',
    'watched <= rules.lease + rules.margin',
  ),
  'lease-check': one(
    'what is left of the lease is looked at before a request is sent',
    session('token-request'),
    'mine.claim.until - account.now() < rules.margin',
    'false',
  ),
  unanswered: one(
    'that a token was sent is in the record before it is sent',
    machine,
    'unanswered: pair.unanswered + 1 }',
    'unanswered: pair.unanswered }',
  ),
  verdict: one(
    'that a refresh token was refused is written down',
    machine,
    "ended: wasUnanswered ? 'unknown' : 'rejected'",
    'ended: null',
  ),
  charge: one(
    'a grant is charged in the swap that claims it',
    machine,
    'grants: charged ? [...grantsInWindow(record, now, rules), now] : record.grants',
    'grants: record.grants',
  ),
  budget: one(
    'a grant is sent only if the budget has one',
    machine,
    'if (counted.length < budget) return null;',
    'return null;',
  ),
  tombstone: one(
    'a sign-out holds until a person signs in',
    machine,
    "if (record.ended === 'signed_out') return giveUp('signed_out');",
    '',
  ),
  'stale-refresh': one(
    'a refresh counts only for the pair whose token was sent',
    machine,
    'return isSame ? transition(record, mine, ending, now) : withoutMine(record, mine);',
    'return transition(record, mine, ending, now);',
  ),
  'stale-grant': one(
    'a grant that meets a newer sign-in or a sign-out is not written',
    machine,
    "if (ending.type !== 'granted' || (record.lineage === lineage && !isOther))",
    'if (true)',
  ),
  'own-claim': one(
    'a process removes no claim but its own',
    machine,
    'return record.claim?.id === mine.claim.id ? { ...record, claim: null } : record;',
    'return { ...record, claim: null };',
  ),
  overtaken: one(
    'a pair is in doubt while a grant may still take effect that was overtaken',
    machine,
    "suspect: record.suspect || record.claim?.purpose === 'grant',",
    'suspect: record.suspect,',
  ),
  'open-grant': one(
    'a pair is in doubt once a grant was sent whose outcome is unknown',
    machine,
    'return ended.pair === null || ended.suspect ? ended : { ...ended, suspect: true };',
    'return ended;',
  ),
  'silent-send': one(
    'a pair is in doubt that a probe brought after a send without an answer',
    machine,
    'wasProbed || followsSilence(mine)',
    'wasProbed',
  ),
  'stuck-request': one(
    'a doubt lasts for as long as a request may be stuck on its way',
    machine,
    'const longestStuck = 60_000;',
    'const longestStuck = 0;',
  ),
  'rate-limit': one(
    'after a 429 nothing is sent until the server allows it',
    machine,
    'const blocked = record.blocked.refresh ?? 0;',
    'const blocked = Number.NEGATIVE_INFINITY;',
  ),
  pace: one(
    'a token whose outcome is unknown is sent again after a pause only',
    machine,
    "return due <= now ? { type: 'probe' } : waitOr(due, now, 'outcome_unknown');",
    "return { type: 'probe' };",
  ),
  spacing: one(
    'a pair without a usable access token is not refreshed in a circle',
    machine,
    'Math.max(minRefreshInterval, shortestLife)',
    'minRefreshInterval',
  ),
  'end-of-unknown': one(
    'a token that is answered with errors for ever is given up',
    machine,
    'return isFailing || now - pair.issuedAt >= end.age;',
    'return false;',
  ),
  listening: one(
    'an answer is waited for until what is left of the lease is needed to write it down',
    session('token-request'),
    'const delay = Math.min(mine.claim.until - account.now(), rules.lease) - toCommit;',
    'const delay = endpoint.requestTimeout;',
  ),
  'write-again': one(
    'what the store did not take is written again',
    session('commit'),
    'this.writeLater(mine, ending, unsaved);',
    '',
  ),
  superseded: one(
    'it is told when a pair that was served is not kept',
    session('activity'),
    "this.announcer.emit({ type: isSaved ? 'saved' : 'superseded' });",
    "if (isSaved) this.announcer.emit({ type: 'saved' });",
  ),
  'honest-saved': one(
    'a pair is called saved only if the record has it',
    session('cached-record'),
    'settled.isSaved || settled.unsaved.isIn(this.stored)',
    'true',
  ),
  'store-deadline': one(
    'no call of the store hangs',
    'core/src/timed-store.ts',
    'const deadline = 3_000;',
    'const deadline = 30_000_000;',
  ),
  'store-nonsense': {
    what: 'a store that refuses swap after swap is not asked in a circle',
    cuts: [
      {
        file: 'core/src/timed-store.ts',
        from: '(record?.version ?? null) === expected)',
        to: 'false)',
      },
      { file: session('cached-record'), from: 'await this.#slowDown();', to: '' },
    ],
  },
  'node-clocks': one(
    'each node of a store has a clock of its own',
    'core/src/timed-store.ts',
    'const time = result.clock === undefined ? this.time : this.#timeOf(result.clock);',
    'const time = this.time;',
  ),
  drift: one(
    'a token is not handed out in its last moments by a clock that may be slow',
    session('token-source'),
    'const [now, watched, drift] = [account.now(), account.watchedFor(), account.time.drift()];',
    'const [now, watched, drift] = [account.now(), account.watchedFor(), 0];',
  ),
  'vault-deadline': one(
    'credentials() is not waited for without end',
    session('credentials'),
    'await new Wait(this.#account).until(asked, longestAnswer)',
    '(await asked.done, true)',
  ),
  'flight-bound': one(
    'what belongs to a request that has ended is given up',
    'core/src/bell.ts',
    'return this.isOver ? 0 : this.#until - this.#clock.monotonic();',
    'return this.isOver ? 0 : Number.POSITIVE_INFINITY;',
  ),
  'max-wait': one(
    'a caller waits no longer than its maxWait',
    session('wait'),
    'const left = this.#maxWait - this.elapsed;',
    'const left = Number.POSITIVE_INFINITY;',
  ),
  'closed-sends': one(
    'a session that is being closed sends nothing',
    session('token-request'),
    'if (isTooLate || account.closed)',
    'if (isTooLate)',
  ),
  'closed-store': {
    what: 'a closed session asks its store nothing',
    cuts: [
      {
        file: session('cached-record'),
        from: 'ended = false;',
        to: 'get ended() { return false; } set ended(_: boolean) {}',
      },
    ],
  },
  'closed-token': one(
    'a closed session has no token',
    session('session'),
    'if (this.#account.closed) return undefined;',
    '',
  ),
  'look-again': one(
    'while the store is down those who listen look again',
    session('background'),
    'if (pause > 0) this.#parts.recordWait.look();',
    '',
  ),
  hints: one('a hint leads to a look', session('record-wait'), 'this.#isHinted = true;', ''),
  'code-once': one('a code is sent once', session('sign-in'), 'codes.set(secret, flight);', ''),
  'import-verdict': one(
    'a token that the record calls dead is not sent for a person either',
    session('sign-in'),
    'isOwn && current.ended !== null',
    'false',
  ),
  'refused-look': one(
    'a 401 makes a process look into the store',
    session('token-source'),
    'if (token !== rejected || account.asOf >= wait.started)',
    'if (true)',
  ),
} as const satisfies Record<string, Safeguard>;

export type SafeguardName = keyof typeof safeguards;
