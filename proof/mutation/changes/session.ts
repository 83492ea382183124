import { type Change, changesOf } from './change.ts';

const all = [
  'shared-record',
  'saving',
  'giving-up',
  'waiting-for-others',
  'pauses',
  'people',
  'waking-up',
  'snapshots',
  'corners',
  'waiting',
  'watching',
  'store-trouble',
  'getting-a-token',
  'lost-replies',
  'signing-in',
  'callbacks',
  'late-answers',
  'offline',
  'clock-set-back',
  'token-lifetime',
  'many-sessions',
  'unbound',
];

const cachedRecord = changesOf(
  'core',
  'session/cached-record.ts',
  ['shared-record', 'store-trouble', 'corners', 'late-answers'],
  [
    {
      name: 'Cleared site data are undone by an open tab, at its next look.',
      find: 'if (!wentBack || (isGone && !survivesDeletion(this.#environment.store.reach))) {',
      replace: 'if (!wentBack) {',
      tests: ['shared-record'],
    },
    {
      name: 'A store that lost what was written is believed: sessions fall back to an older pair.',
      find: 'if (!wentBack || (isGone && !survivesDeletion(this.#environment.store.reach))) {',
      replace: 'if (true) {',
      tests: ['store-trouble'],
    },
    {
      name: 'A store that loses every write is written to in a circle.',
      find: 'if (this.#restored > mostRestores) throw',
      replace: 'if (false) throw',
      unnoticed: 'A store that goes back with every answer refuses the swaps that would bring it up to date, and those are counted, too.',
    },
    {
      name: 'A store that refuses every swap is asked in a circle.',
      find: 'if (this.#refused > mostRefused) throw',
      replace: 'if (false) throw',
      tests: ['shared-record'],
    },
    {
      name: 'A store that refuses swap after swap is asked without a pause.',
      find: 'if (this.#refused > 5) await',
      replace: 'if (false) await',
      tests: ['shared-record'],
    },
    {
      name: 'Two lost swaps in an hour count as two in a row: a store with many writers is given up.',
      find: '    this.#refused = 0;\n',
      replace: '',
      tests: ['shared-record'],
    },
    {
      name: 'An answer that a write overtook is believed: an old record comes back.',
      find: 'if (call >= this.#newest) return this.#take(call, this.#decode(result));',
      replace: 'return this.#take(call, this.#decode(result));',
      tests: ['shared-record'],
    },
    {
      name: 'A session that is closed goes on asking its store.',
      find: "      if (this.ended) throw explain('closed');\n      const { result, time } = await this.#environment.store.read",
      replace: '      const { result, time } = await this.#environment.store.read',
      unnoticed: 'Whatever could ask has looked before whether the session is closed: each loop, each timer and each wait.',
    },
    {
      name: 'A closed session still writes a claim.',
      find: "    if (this.ended) throw explain('closed');\n    const expected",
      replace: '    const expected',
      unnoticed: 'Whatever could claim has looked before whether the session is closed.',
    },
    {
      name: 'A record that cannot be decoded because of a fault of ours counts as corrupt.',
      find: 'if (!isActOnTokenError(error)) throw error;',
      replace: '',
      unnoticed: 'Reading a record throws errors of this library and nothing else.',
    },
    {
      name: 'The standing claim of another process is watched from its first sight of any claim: it is taken for dead too early.',
      find: 'if (held.record?.claim?.id !== before.claim?.id) this.#watchedSince = this.#environment.clock.monotonic();',
      replace: 'if (before.claim === null) this.#watchedSince = this.#environment.clock.monotonic();',
      tests: ['shared-record'],
    },
    {
      name: 'The standing claim of a dead process is watched anew with each look: its lease never ends where the clock stands still.',
      find: 'if (held.record?.claim?.id !== before.claim?.id) this.#watchedSince',
      replace: 'if (true) this.#watchedSince',
      tests: ['shared-record'],
    },
    {
      name: 'The time of the first node of a cluster counts for all accounts.',
      find: 'this.#environment.store.read(this.#key, this);\n      this.#asOf = Math.max(this.#asOf, began);\n      this.#time = time;',
      replace: 'this.#environment.store.read(this.#key, this);\n      this.#asOf = Math.max(this.#asOf, began);',
    },
    {
      name: 'A pair that is served from memory hides what another process wrote meanwhile.',
      find: 'if (held.fault === null) this.#rebaseUnsaved();',
      replace: '',
    },
    {
      name: 'A store whose record cannot be read drops the pair that is served from memory.',
      find: 'if (held.fault === null) this.#rebaseUnsaved();',
      replace: 'this.#rebaseUnsaved();',
      tests: ['shared-record'],
    },
    {
      name: 'The store is not told that an account is signed out, so the record lives as long as any.',
      find: "signedOut: next.ended === 'signed_out' };",
      replace: '};',
      tests: ['shared-record'],
    },
    {
      name: 'A verdict that the store did not take is reported as an unsaved pair.',
      find: 'return this.#unsaved === null || !this.#unsaved.isPair;',
      replace: 'return this.#unsaved === null;',
      tests: ['store-trouble'],
    },
    {
      name: 'Two accounts of one client share a record.',
      find: 'return accountKey(issuer, clientId, this.#account);',
      replace: "return accountKey(issuer, clientId, '');",
      tests: ['corners'],
    },
  ],
);

const commit = changesOf(
  'core',
  'session/commit.ts',
  ['saving', 'store-trouble', 'corners'],
  [
    {
      name: 'A commit overwrites an unreadable record.',
      find: 'if (this.#record.fault !== null) throw this.#record.fault;',
      replace: '',
      tests: ['saving'],
    },
    {
      name: 'A commit that met another change is dropped.',
      find: 'if (await this.#record.swap(next)) return hasOutcome(next, ending);',
      replace: 'return (await this.#record.swap(next)) && hasOutcome(next, ending);',
      tests: ['saving'],
    },
    {
      name: 'An unsaved pair keeps no process alive: it is lost with a script that ends.',
      find: 'await startTimer(clock, pause, isLeased && forever).done;',
      replace: 'await startTimer(clock, pause, false).done;',
      tests: ['saving'],
    },
    {
      name: 'A store that is down for good keeps a script alive for ever.',
      find: 'await startTimer(clock, pause, isLeased && forever).done;',
      replace: 'await startTimer(clock, pause, true).done;',
      tests: ['saving'],
    },
    {
      name: 'An unsaved pair is written twenty times a second for as long as the store is down.',
      find: 'pause = Math.min(pause, isLeased ? 1_000 : 30_000);',
      replace: 'pause = first;',
      tests: ['saving'],
    },
    {
      name: 'The pauses between two tries to save a pair grow without a bound.',
      find: 'pause = Math.min(pause, isLeased ? 1_000 : 30_000);',
      replace: '',
      tests: ['saving'],
    },
    {
      name: 'An unsaved pair is given up after one lease, though the process lives.',
      find: 'if (!isLeased && !forever) return;',
      replace: 'if (!isLeased) return;',
      tests: ['saving'],
    },
    {
      name: 'A claim whose answer got lost is withdrawn for ever, long after its lease.',
      find: 'if (!isLeased && !forever) return;',
      replace: '',
      tests: ['saving'],
    },
    {
      name: 'A claim whose answer got lost blocks others for its whole lease.',
      find: 'void this.track(this.#withdrawUntilDone(mine));',
      replace: '',
      tests: ['saving'],
    },
    {
      name: 'Closing does not wait for a pair that is on its way.',
      find: 'await Promise.race([this.#settled(), lease.done]);',
      replace: '',
      tests: ['saving'],
    },
    {
      name: 'Closing waits for ever while the store is down.',
      find: 'await Promise.race([this.#settled(), lease.done]);',
      replace: 'await this.#settled();',
      tests: ['saving'],
    },
    {
      name: 'A lost pair is not reported when the session is closed.',
      find: "if (!this.#record.saved) this.#announcer.emit({ type: 'unsaved', lost: true });",
      replace: '',
      tests: ['saving'],
    },
    {
      name: 'A closed session goes on writing to a store that is down.',
      find: 'for (let pause = first; !this.#closed; pause *= 2) {',
      replace: 'for (let pause = first; ; pause *= 2) {',
      tests: ['corners'],
    },
    {
      name: 'A pair that the store does not take is not served.',
      find: 'const unsaved = this.#serveUnsaved(mine, ending);',
      replace: 'const unsaved = null as Unsaved | null;',
      tests: ['corners'],
    },
    {
      name: 'A pair that the store does not take is served without an event.',
      find: "if (isPair) this.#announcer.emit({ type: 'unsaved', lost: false });",
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'A refused refresh token is sent again while the store is down.',
      find: "return type === 'granted' || type === 'refused';",
      replace: "return type === 'granted';",
      tests: ['store-trouble'],
    },
    {
      name: 'A pair that was superseded in the store is reported as saved.',
      find: 'if (unsaved.isPair) this.#announcer.pairSettled(isSaved);',
      replace: 'if (unsaved.isPair) this.#announcer.pairSettled(true);',
      tests: ['corners'],
    },
    {
      name: 'What becomes of an unsaved pair is never reported.',
      find: 'if (unsaved.isPair) this.#announcer.pairSettled(isSaved);',
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'A pool closes while a pair is on its way to the store.',
      find: 'this.#environment.shared.busy.add(this);',
      replace: '',
      tests: ['pool'],
    },
  ],
);

const tokenRequest = changesOf(
  'core',
  'session/token-request.ts',
  [
    'giving-up',
    'shared-record',
    'token-lifetime',
    'signing-in',
    'corners',
    'watching',
    'many-sessions',
    'callbacks',
    'store-trouble',
    'lost-replies',
  ],
  [
    {
      name: 'A request is sent although the process slept through most of its lease.',
      find: 'if (isTooLate || this.#lifetime.closed) {',
      replace: 'if (this.#lifetime.closed) {',
      tests: ['store-trouble'],
    },
    {
      name: 'A closed session sends what it had claimed.',
      find: 'if (isTooLate || this.#lifetime.closed) {',
      replace: 'if (isTooLate) {',
      tests: ['callbacks'],
    },
    {
      name: 'A claim under which nothing was sent blocks others for its whole lease.',
      find: "      await this.#commits.commit(mine, { type: 'withdrawn' });\n",
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'A token lives here as long as the store took to answer longer than at the server.',
      find: 'const sentAt = record.time.told();',
      replace: 'const sentAt = record.now();',
      tests: ['token-lifetime'],
    },
    {
      name: 'A refund is given for any 4xx: refused passwords are not charged.',
      find: "refund: reason === 'client' || reason === 'gateway',",
      replace: 'refund: true,',
      tests: ['corners'],
    },
    {
      name: 'A sign-in that Act-On refused because of the client is charged.',
      find: "refund: reason === 'client' || reason === 'gateway',",
      replace: 'refund: false,',
      tests: ['signing-in'],
    },
    {
      name: 'A definite No is forgotten: what was refused is tried again unattended.',
      find: '...(isFinal ? { refusal: { code, detail } } : {}),',
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'The time that a 429 names is forgotten.',
      find: 'blockedUntil: at(outcome.retryAfter),\n          refund',
      replace: 'blockedUntil: null,\n          refund',
      tests: ['signing-in'],
    },
    {
      name: 'The time that a 503 names is forgotten.',
      find: 'answered: outcome.answered, blockedUntil: at(outcome.retryAfter) };',
      replace: 'answered: outcome.answered, blockedUntil: null };',
      tests: ['corners'],
    },
    {
      name: 'A request without an answer is waited for when its lease is over: another process sends next to it.',
      find: 'const delay = mine.claim.until - this.#record.now() - toCommit;',
      replace: 'const delay = 10 * (mine.claim.until - this.#record.now());',
      tests: ['giving-up'],
    },
    {
      name: 'A request is given up at its timeout, and a good answer that comes later is thrown away.',
      find: 'const delay = mine.claim.until - this.#record.now() - toCommit;',
      replace: 'const delay = endpoint.requestTimeout;',
      tests: ['corners'],
    },
    {
      name: 'A request that was given up goes on.',
      find: '    abort.abort();\n',
      replace: '',
      tests: ['giving-up'],
    },
    {
      name: 'An endpoint that throws ends the process with an unhandled rejection, or the claim stays.',
      find: ".catch(() => unanswered('the endpoint broke its promise never to reject'))",
      replace: '',
      tests: ['giving-up'],
    },
    {
      name: 'A pair that this session brought is reported as adopted.',
      find: "if (outcome.type === 'granted') this.brought = outcome.accessToken;",
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'A grant is sent without an event.',
      find: 'if (mine.charged) {',
      replace: 'if (false) {',
      tests: ['many-sessions'],
    },
    {
      name: 'A refresh that failed is not reported.',
      find: "this.#announcer.fail(error, { type: 'refresh_failed', error });",
      replace: '',
      tests: ['watching'],
    },
    {
      name: 'A server that says that a token lives for years is believed.',
      find: 'const expiresAt = sentAt + Math.min(lifetime, maxLifetime);',
      replace: 'const expiresAt = sentAt + lifetime;',
      tests: ['lost-replies'],
    },
    {
      name: 'A claim whose swap got a conflict with the claim in it is not recognised.',
      find: '|| this.#record.stored?.claim?.id === mine.claim.id;',
      replace: ';',
      tests: ['shared-record'],
    },
    {
      name: 'A page that wakes up does not look whether its request should have ended.',
      find: '    this.#deadline?.check();\n',
      replace: '',
      tests: ['giving-up'],
    },
  ],
);

const deadline = changesOf(
  'core',
  'session/deadline.ts',
  ['giving-up', 'watching'],
  [
    {
      name: 'An answer that came while the process was stopped is given up unread.',
      find: 'return this.#passed > this.#delay + longSleep ?',
      replace: 'return false ?',
      tests: ['giving-up'],
    },
    {
      name: 'Answers after a pause are believed however long one waits for them.',
      find: 'const aMoment = 250;',
      replace: 'const aMoment = 250_000;',
      tests: ['giving-up'],
    },
    {
      name: 'A page whose timers are late never gives a request up.',
      find: 'if (this.#passed > this.#delay) this.#timer.wake();',
      replace: '',
      tests: ['giving-up'],
    },
    {
      name: 'A request that ended leaves its timer behind.',
      find: '    this.#timer.cancel();\n',
      replace: '',
      tests: ['watching'],
    },
  ],
);

const tokenSource = changesOf('core', 'session/token-source.ts', all, [
  {
    name: 'A caller is refused on an old record.',
    find: 'if (record.asOf < wait.started && this.#time() - refusedAt >= refusalHolds) return this.#look(wait);',
    replace: '',
    tests: ['shared-record'],
  },
  {
    name: 'Each refused caller reads the store, however many there are.',
    find: 'if (record.asOf < wait.started && this.#time() - refusedAt >= refusalHolds)',
    replace: 'if (record.asOf < wait.started)',
    tests: ['pauses'],
  },
  {
    name: 'A token that the API refused is handed out again, though another process has signed in.',
    find: 'if (token === options.rejected && record.asOf < wait.started) {',
    replace: 'if (false) {',
    tests: ['corners'],
  },
  {
    name: 'A record that cannot be read takes away the token that still lives.',
    find: 'if (record.fault !== null && this.#outlives(options)) return',
    replace: 'if (false) return',
    tests: ['shared-record'],
  },
  {
    name: 'A store that is down takes away the token that still lives.',
    find: "if (isActOnTokenError(error, 'store_unavailable') && this.#servesAnyway(options)) {",
    replace: 'if (false) {',
    tests: ['store-trouble'],
  },
  {
    name: 'A caller who wants a longer life than any token has makes one refresh after the other.',
    find: 'this.#next(record.record.generation > generation ? anyToken : options)',
    replace: 'this.#next(options)',
  },
  {
    name: 'A caller waits for ever for a server that never answers.',
    find: 'const isPastPatience = wait.elapsed > environment.patience;',
    replace: 'const isPastPatience = false;',
    tests: ['waiting'],
  },
  {
    name: 'A waiter never leaves: the store is watched for ever.',
    find: '      leave?.();\n',
    replace: '',
    tests: ['waiting-for-others'],
  },
  {
    name: 'A token is judged by a time that is hours old.',
    find: '} else if (record.time.age() > oldestTime) {',
    replace: '} else if (false) {',
    tests: ['store-trouble'],
  },
  {
    name: 'Credentials that ask their own session wait for themselves.',
    find: 'if (credentials.isAsking) throw',
    replace: 'if (false) throw',
    tests: ['callbacks'],
  },
  {
    name: 'A refresh ahead that failed is tried again with each call.',
    find: "if (this.#ask(aheadOfTime).type !== 'use') this.#troubles.pauseAhead(this.#time());",
    replace: '',
    tests: ['getting-a-token'],
  },
  {
    name: 'A refresh in the background is not handed to waitUntil.',
    find: "if (next.type === 'use_and_refresh_ahead') this.#handOver(this.refreshAhead(), this.#ahead.remaining, options);",
    replace: "if (next.type === 'use_and_refresh_ahead') void this.refreshAhead();",
    tests: ['getting-a-token'],
  },
  {
    name: 'What a caller who leaves has started is not handed to waitUntil.',
    find: '    this.#handOver(flight, this.#longestFlight, options);\n',
    replace: '',
    tests: ['waiting'],
  },
  {
    name: 'A waitUntil that throws takes the token away.',
    find: '      console.error(\'act-on-token: "waitUntil" threw.\', error);',
    replace: '      throw error;',
    tests: ['waiting'],
  },
  {
    name: 'What is handed to waitUntil may reject.',
    find: 'within(this.#parts.environment.clock, work, bound, undefined).catch(() => {})',
    replace: 'within(this.#parts.environment.clock, work, bound, undefined)',
    tests: ['waiting'],
  },
  {
    name: 'A request that never ends keeps waitUntil waiting.',
    find: 'const settled = within(this.#parts.environment.clock, work, bound, undefined).catch(() => {});',
    replace: 'const settled = work.catch(() => {});',
    tests: ['waiting'],
  },
  {
    name: 'A device that is offline sends all the same.',
    find: 'if (!this.#parts.isOffline) {',
    replace: 'if (true) {',
    tests: ['offline'],
  },
  {
    name: 'A grant is sent although the record says something else by the time a place is free.',
    find: 'if (this.#parts.closed || this.#ask({ ...demand, print: request.print ?? null }).type !== purpose) return;',
    replace: '',
    tests: ['pool'],
    unnoticed: 'No order of events was found in which it matters: a claim on a record that has moved is lost.',
  },
  {
    name: 'Callers who have left keep their place in the line of a pool.',
    find: '!this.#parts.closed && (this.#waiting > 0 || demand.ahead === true)',
    replace: '!this.#parts.closed',
    tests: ['waiting'],
  },
  {
    name: 'A place in the pool is never given back.',
    find: '      release?.();\n',
    replace: '',
    tests: ['pool'],
  },
  {
    name: 'A server that could not be reached is tried again with each call.',
    find: "if (outcome.type === 'not_sent') return this.#troubles.unreached();",
    replace: "if (outcome.type === 'not_sent') return 0;",
  },
  {
    name: 'A store whose answers are slow has claims made and withdrawn in a circle.',
    find: 'if (!this.#troubles.withdrawn()) return;',
    replace: 'return;',
  },
  {
    name: 'Pauses go on after a good answer.',
    find: "if (result.outcome.type === 'granted') this.forgetPauses();",
    replace: "if (result.outcome.type === 'granted') return;",
    tests: ['pauses'],
  },
  {
    name: 'Credentials that are refused for good are asked for with each call.',
    find: "if (decision.type === 'give_up') this.#troubles.pauseUntil(this.#time() + refusalHolds, this.#refusal(decision));",
    replace: '',
    tests: ['corners'],
  },
  {
    name: 'What a refused sign-in was told by the server is not shown.',
    find: 'detail: isGrant && refusal !== null ? refusal.detail : seen,',
    replace: 'detail: undefined,',
    tests: ['corners'],
  },
  {
    name: 'A closed session takes its callers through one more round.',
    find: "        if (this.#parts.closed) throw explain('closed');\n",
    replace: '',
    tests: ['watching'],
  },
]);

const backOff = changesOf(
  'core',
  'session/back-off.ts',
  ['pauses', 'offline', 'store-trouble'],
  [
    {
      name: 'A pause after a failure never ends.',
      find: 'this.#paused !== null && now < this.#paused.until',
      replace: 'this.#paused !== null',
      tests: ['pauses'],
    },
    {
      name: 'There is no pause after a failure.',
      find: 'this.#paused !== null && now < this.#paused.until',
      replace: 'false',
    },
    {
      name: 'The pause after a failure to reach Act-On does not grow.',
      find: 'return Math.min(1_000 * 2 ** (this.#unreached - 1), aMinute);',
      replace: 'return 1_000;',
      tests: ['pauses'],
    },
    {
      name: 'The pause after a failure to reach Act-On grows beyond a minute.',
      find: 'return Math.min(1_000 * 2 ** (this.#unreached - 1), aMinute);',
      replace: 'return 1_000 * 2 ** (this.#unreached - 1);',
      tests: ['pauses'],
    },
    {
      name: 'The pause after a definite No to a refresh does not grow.',
      find: 'return Math.min(aMinute * 2 ** (this.#refused - 1), 10 * aMinute);',
      replace: 'return aMinute;',
      tests: ['pauses'],
    },
    {
      name: 'The pause after a definite No to a refresh grows beyond ten minutes.',
      find: 'return Math.min(aMinute * 2 ** (this.#refused - 1), 10 * aMinute);',
      replace: 'return aMinute * 2 ** (this.#refused - 1);',
      tests: ['pauses'],
    },
    {
      name: 'A device that says it is offline is believed for ever.',
      find: 'this.#offlineUntil ??= now + offlineHolds;',
      replace: 'this.#offlineUntil = now + offlineHolds;',
      tests: ['pauses'],
    },
    {
      name: 'A device that was offline, came back and went off again is not believed.',
      find: '    this.#offlineUntil = null;\n',
      replace: '',
      tests: ['pauses'],
    },
    {
      name: 'A refresh ahead that failed is not tried again for an hour.',
      find: 'this.#aheadPausedUntil = now + aMinute;',
      replace: 'this.#aheadPausedUntil = now + 60 * aMinute;',
      tests: ['pauses'],
    },
    {
      name: 'Claims that took too long count together though others came in time.',
      find: '  claimed(): void {\n    this.#withdrawn = 0;',
      replace: '  claimed(): void {',
      tests: ['pauses'],
    },
    {
      name: 'The pause after a failure goes on growing though Act-On answered in between.',
      find: '    this.#unreached = 0;\n',
      replace: '',
      tests: ['pauses'],
    },
  ],
);

const signIn = changesOf(
  'core',
  'session/sign-in.ts',
  ['people', 'signing-in', 'corners', 'callbacks', 'waiting'],
  [
    {
      name: 'A sign-out ends a sign-in that came after it.',
      find: "while (record.record.lineage === lineage && record.record.ended !== 'signed_out') {",
      replace: "while (record.record.ended !== 'signed_out') {",
      tests: ['people'],
    },
    {
      name: 'A sign-out that meets another change is dropped.',
      find: "while (record.record.lineage === lineage && record.record.ended !== 'signed_out') {",
      replace: "if (record.record.lineage === lineage && record.record.ended !== 'signed_out') {",
      tests: ['people'],
    },
    {
      name: 'A sign-out leaves a pair that lives in memory only.',
      find: '      record.forgetUnsaved();\n',
      replace: '',
      unnoticed: 'The tombstone that was just written takes the place of what is served from memory.',
    },
    {
      name: 'A person waits for ever for a claim that another process keeps making.',
      find: 'if (wait.elapsed > patience) throw',
      replace: 'if (false) throw',
      tests: ['people'],
    },
    {
      name: 'A person waits for ever for a store that takes claims too late.',
      find: 'if (withdrawn >= mostWithdrawals) throw slowStore();',
      replace: '',
    },
    {
      name: 'A person who waits sends a password although another one signed in meanwhile.',
      find: "if (grant.type === 'password' && current.lineage > lineage && current.pair !== null) return;",
      replace: '',
      tests: ['signing-in'],
    },
    {
      name: 'A refresh token that was refused before is sent again.',
      find: "if (grant.type === 'refresh_token' && grant.refreshToken === current.pair?.refreshToken && current.ended !== null)",
      replace: 'if (false)',
      tests: ['people'],
    },
    {
      name: 'A refresh token that the record has already goes out as another one: its refusal counts as a conflict.',
      find: "if (!isOwn) return { purpose: 'grant', grant, print };",
      replace: "return { purpose: 'grant', grant, print };",
      tests: ['people'],
    },
    {
      name: 'A refresh token that the record has already and that is unanswered goes out as if it were new.',
      find: "return { purpose: (record.pair?.unanswered ?? 0) > 0 ? 'probe' : 'refresh' };",
      replace: "return { purpose: 'refresh' };",
      tests: ['people'],
    },
    {
      name: 'A code is sent once for each caller.',
      find: 'const known = codes.get(secret) ?? this.#authorizeOnce(grant, secret, codes);',
      replace: 'const known = this.#authorizeOnce(grant, secret, codes);',
      tests: ['people'],
    },
    {
      name: 'A code that was not sent can never be tried again.',
      find: 'if (!wasUsed) codes.delete(secret);',
      replace: '',
      tests: ['people'],
    },
    {
      name: 'A code that was refused, or without an answer, is sent again.',
      find: 'if (!wasUsed) codes.delete(secret);',
      replace: 'codes.delete(secret);',
      tests: ['people'],
    },
    {
      name: 'Codes that were sent are remembered without a bound.',
      find: 'if (codes.size >= mostCodes && oldest !== undefined) codes.delete(oldest);',
      replace: '',
      tests: ['people'],
    },
    {
      name: 'The code that was sent last is forgotten first.',
      find: 'const [oldest] = codes.keys();',
      replace: 'const oldest = [...codes.keys()].at(-1);',
      tests: ['people'],
    },
    {
      name: 'A caller who leaves takes the code away from the others.',
      find: 'const done = this.#authorize(grant, undefined).catch(',
      replace: 'const done = this.#authorize(grant, AbortSignal.abort()).catch(',
      tests: ['people'],
    },
    {
      name: 'A sign-in with a code that a request of a Worker left behind never ends.',
      find: "const done = within(environment.clock, known, bound, 'over' as const)",
      replace: 'const done = (known as Promise<unknown>)',
      tests: ['waiting'],
    },
    {
      name: 'A code that was used before counts as signed in, though someone has signed out since.',
      find: 'if (isRepeated && record.record.pair === null) throw',
      replace: 'if (false) throw',
      tests: ['people'],
    },
    {
      name: 'A person signs in on a record that is hours old.',
      find: '      await this.#readForPerson();\n      const { lineage } = record.record;\n      const print',
      replace: '      const { lineage } = record.record;\n      const print',
      tests: ['people'],
    },
    {
      name: 'A person replaces the record of a newer version.',
      find: "if (isActOnTokenError(fault, 'store_version')) throw fault;",
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'A sign-in that a sign-out overtook counts as signed in.',
      find: 'if (!kept && this.#parts.record.record.pair === null) throw',
      replace: 'if (false) throw',
      tests: ['people'],
    },
    {
      name: 'A person is not told when a grant is possible again.',
      find: 'throw errorOf(outcome, true, retryAfter === null ? null : clock.now() + retryAfter);',
      replace: 'throw errorOf(outcome, true, null);',
      tests: ['signing-in'],
    },
    {
      name: 'A session that signs in does not show it.',
      find: 'const done = announcer.signingIn();',
      replace: 'const done = (): void => {};',
      tests: ['signing-in'],
    },
    {
      name: 'A session shows for ever that it signs in.',
      find: '      leave();\n      done();',
      replace: '      leave();',
      tests: ['signing-in'],
    },
    {
      name: 'A sign-in leaves a watch behind.',
      find: '      leave();\n      done();',
      replace: '      done();',
      tests: ['people'],
    },
  ],
);

const recordWait = changesOf(
  'core',
  'session/record-wait.ts',
  ['waiting-for-others', 'watching'],
  [
    {
      name: 'A waiter is not woken by a change that this process makes.',
      find: '    this.#poll = firstPoll;\n    this.#sleeping?.wake();',
      replace: '    this.#poll = firstPoll;',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A waiter is not woken by a hint of the store.',
      find: '    this.#hints += 1;\n    this.#sleeping?.wake();',
      replace: '    this.#hints += 1;',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A subscriber hears nothing of what others change.',
      find: 'void this.#catchUp.run(longestRound, () => this.#follow());',
      replace: '',
      tests: ['watching'],
    },
    {
      name: 'A hint that comes while a read is under way is lost.',
      find: '    const hints = this.#hints;\n    await this.#record.read();\n    this.#seen = hints;',
      replace: '    await this.#record.read();\n    this.#seen = this.#hints;',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A waiter polls ten times a second for as long as it waits.',
      find: 'this.#poll = Math.min(this.#poll * 2, longestPoll);',
      replace: '',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A waiter polls less and less often without a bound.',
      find: 'this.#poll = Math.min(this.#poll * 2, longestPoll);',
      replace: 'this.#poll *= 2;',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A waiter relies on hints alone: a lost one makes it wait for ever.',
      find: 'if (this.#record.record === before || this.#hints !== this.#seen) await this.#read();',
      replace: 'if (this.#hints !== this.#seen) await this.#read();',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A waiter sleeps past the end of the claim that it waits for.',
      find: 'Math.min(this.#poll, Math.max(until - this.#record.now(), 0))',
      replace: 'this.#poll',
      tests: ['waiting-for-others'],
    },
    {
      name: 'The store is watched once for each waiter.',
      find: 'if (this.#users === 0) {',
      replace: 'if (true) {',
      tests: ['waiting-for-others'],
    },
    {
      name: 'The store is watched on when the last one left.',
      find: 'if (this.#users === 0) this.#unwatch();',
      replace: '',
      tests: ['waiting-for-others'],
    },
    {
      name: 'One who leaves twice takes the watch away from another.',
      find: '      if (!joined) return;\n',
      replace: '',
      unnoticed: 'Each holder of a watch leaves it once.',
    },
    {
      name: 'A subscriber is not told that the store failed when it looked after a hint.',
      find: '    this.onFailure(error);\n',
      replace: '',
      tests: ['waiting-for-others'],
    },
  ],
);

const background = changesOf(
  'core',
  'session/background.ts',
  ['waiting-for-others', 'watching', 'waking-up', 'snapshots', 'corners'],
  [
    {
      name: 'Unsubscribing leaves a timer and a watch behind.',
      find: '    this.#leave();\n    this.#leave = null;\n    this.#stopWaking();',
      replace: '    this.#leave = null;\n    this.#stopWaking();',
      tests: ['watching'],
    },
    {
      name: 'A page that was left still listens to the network and to the document.',
      find: '    this.#stopWaking();\n    this.#parts.announcer.onFailure',
      replace: '    this.#parts.announcer.onFailure',
      tests: ['waking-up'],
    },
    {
      name: 'A subscriber shows what was there an hour ago: nothing is read when it comes.',
      find: '    // There was no watch until now.\n    this.#look();',
      replace: '    this.arm();',
      tests: ['watching'],
    },
    {
      name: 'A token lapses without a word to those who listen.',
      find: 'const delay = Math.max(Math.min(change, next), 1);',
      replace: 'const delay = Math.max(next, 1);',
      tests: ['watching'],
    },
    {
      name: 'A subscriber keeps the process alive.',
      find: 'setTimeout(() => this.#tick(), delay, false);',
      replace: 'setTimeout(() => this.#tick(), delay, true);',
      tests: ['watching'],
    },
    {
      name: 'A store that was down is never asked again by those who listen.',
      find: 'const next = this.#retry > 0 ? this.#retryAt - environment.clock.monotonic() : ahead;',
      replace: 'const next = ahead;',
      tests: ['corners'],
    },
    {
      name: 'A store that is down is asked once a second by everyone who listens.',
      find: 'Math.min(Math.max(this.#retry * 2, retry.first), retry.longest)',
      replace: 'retry.first',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A store that is down is asked less and less often without a bound.',
      find: 'Math.min(Math.max(this.#retry * 2, retry.first), retry.longest)',
      replace: 'Math.max(this.#retry * 2, retry.first)',
      tests: ['corners'],
    },
    {
      name: 'A session with autoRefresh ends it after one try that failed.',
      find: 'void this.#source.refreshAhead().then(() => this.arm());',
      replace: 'void this.#source.refreshAhead();',
      tests: ['offline'],
    },
    {
      name: 'A session that is listened to refreshes by timer although it was not told to.',
      find: 'const isDue = environment.autoRefresh && record.now()',
      replace: 'const isDue = record.now()',
      tests: ['watching'],
    },
    {
      name: 'A machine that wakes up does not forget the pauses of before.',
      find: '      this.#source.forgetPauses();\n',
      replace: '',
      tests: ['watching'],
    },
    {
      name: 'A machine that wakes up does not look at the record.',
      find: '      this.#parts.requests.checkDeadline();\n      this.#look();',
      replace: '      this.#parts.requests.checkDeadline();',
      tests: ['waking-up'],
    },
    {
      name: 'The end of a claim that came without a hint is not seen by those who listen.',
      find: 'const isOverdue = since >= 0 && record.age > since;',
      replace: 'const isOverdue = false;',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A closed session begins to watch again.',
      find: 'if (this.#leave !== null || this.#parts.closed) return;',
      replace: 'if (this.#leave !== null) return;',
      tests: ['waiting-for-others'],
    },
  ],
);

const announcer = changesOf(
  'core',
  'session/announcer.ts',
  ['snapshots', 'watching', 'corners', 'history', 'pool'],
  [
    {
      name: 'Listeners are called although nothing changed.',
      find: 'if (this.#snapshot !== null && sameSnapshot(next, this.#snapshot)) return false;',
      replace: '',
      tests: ['snapshots'],
    },
    {
      name: 'A snapshot is not taken again for one who comes later.',
      find: 'if (this.#snapshot === null || this.#stale) this.#renew();',
      replace: 'if (this.#snapshot === null) this.#renew();',
      tests: ['corners'],
    },
    {
      name: 'A snapshot can be changed by whoever gets it.',
      find: 'return Object.freeze(takeSnapshot(',
      replace: 'return (takeSnapshot(',
      tests: ['watching'],
    },
    {
      name: 'An error shows for ever, though all goes well again.',
      find: '  recovered(): void {\n    this.#error = null;',
      replace: '  recovered(): void {',
      tests: ['snapshots'],
    },
    {
      name: 'A store that is back still shows as down.',
      find: "if (!isActOnTokenError(this.#error, 'store_unavailable') || !this.#record.saved) return;",
      replace: 'return;',
      tests: ['snapshots'],
    },
    {
      name: 'A store that can be read shows as well, though a pair is still unsaved.',
      find: "if (!isActOnTokenError(this.#error, 'store_unavailable') || !this.#record.saved) return;",
      replace: "if (!isActOnTokenError(this.#error, 'store_unavailable')) return;",
      tests: ['saving'],
    },
    {
      name: 'A refresh token that nears its end is warned of again and again.',
      find: '    this.#warnedOf = record.generation;\n',
      replace: '',
      tests: ['watching'],
    },
    {
      name: 'A pool hears nothing of its sessions.',
      find: 'shared.listeners?.emit(event, this.#account);',
      replace: '',
      tests: ['pool'],
    },
    {
      name: 'The events of a session are not in its report.',
      find: 'shared.history.add({ at: clock.now(), account: this.#account, event });',
      replace: '',
      tests: ['watching'],
    },
  ],
);

const history = changesOf(
  'core',
  'session/history.ts',
  ['history'],
  [
    {
      name: 'The history of events grows without a bound.',
      find: 'if (this.#entries.push(entry) > 2 * kept.inAll) this.#entries = this.#entries.slice(-kept.inAll);',
      replace: 'this.#entries.push(entry);',
      tests: ['history'],
    },
    {
      name: 'The newest events are dropped from the history, not the oldest.',
      find: 'this.#entries.slice(-kept.inAll)',
      replace: 'this.#entries.slice(0, kept.inAll)',
      tests: ['history'],
    },
    {
      name: 'A report shows the events of other accounts.',
      find: 'this.#entries.filter((entry) => entry.account === account)',
      replace: 'this.#entries',
      tests: ['history'],
    },
  ],
);

const semaphore = changesOf(
  'core',
  'session/semaphore.ts',
  ['semaphore'],
  [
    {
      name: 'More requests than allowed run at once.',
      find: 'if (this.#taken.size < this.#places) return',
      replace: 'if (true) return',
      tests: ['pool'],
    },
    {
      name: 'One who waits for a place waits past its patience.',
      find: '      if (left <= 0) return null;\n',
      replace: '',
    },
    {
      name: 'The place of a request that never ends is never taken back.',
      find: 'if (place.until <= now) this.#taken.delete(place);',
      replace: ';',
    },
    {
      name: 'A place is given to one who has left.',
      find: 'if (waiter.isWanted()) waiter.release',
      replace: 'waiter.release',
      tests: ['waiting'],
    },
    {
      name: 'Those who wait in a pool are not woken when it is closed.',
      find: 'for (const { timer } of this.#queue) timer.wake();',
      replace: '',
    },
    {
      name: 'A place that was taken back and given back is handed out twice.',
      find: 'if (this.#taken.delete(place)) this.#handOn();',
      replace: 'this.#taken.delete(place);\n      this.#handOn();',
    },
  ],
);

const account = changesOf(
  'core',
  'session/account.ts',
  ['getting-a-token', 'clock-set-back', 'callbacks', 'shared-record'],
  [
    {
      name: "This machine's clock is believed for ever: a token is handed out after its end when the clock is set back.",
      find: 'this.handOutUntil = Math.min(until, this.settledAt + this.#recheckAfter);',
      replace: 'this.handOutUntil = until;',
      unnoticed: 'The monotonic clock bounds the same belief, and a wall clock behind the time of the last look ends it.',
    },
    {
      name: 'A wall clock that was set back keeps a token alive.',
      find: 'return isBelieved && clock.monotonic() < this.believedUntil;',
      replace: 'return true;',
      tests: ['clock-set-back'],
    },
    {
      name: 'A closed session still has a token.',
      find: 'const isServed = !this.closed && record.fault === null;',
      replace: 'const isServed = record.fault === null;',
      tests: ['watching'],
    },
    {
      name: 'A record that cannot be read is served as if it could.',
      find: 'const isServed = !this.closed && record.fault === null;',
      replace: 'const isServed = !this.closed;',
      unnoticed: 'Such a record has no pair, so there is nothing that could be handed out.',
    },
    {
      name: 'Each call for a valid token makes a new promise.',
      find: 'if (token !== this.token) this.handedOut',
      replace: 'this.handedOut',
      unnoticed: 'Only twice a minute, when the times are settled again, would there be another promise of the same token.',
    },
    {
      name: 'An idle account keeps all of its machinery.',
      find: 'if (this.#activity?.isIdle) this.#activity = null;',
      replace: '',
      tests: ['idle-accounts'],
    },
    {
      name: 'A session that is closed asks its store on.',
      find: '    this.record.ended = true;\n',
      replace: '',
      unnoticed: 'What works with the record of an account says so as well when it is closed.',
    },
  ],
);

const activity = changesOf(
  'core',
  'session/activity.ts',
  ['waiting-for-others', 'watching', 'corners', 'offline', 'pool', 'store-trouble', 'callbacks'],
  [
    {
      name: 'A waiter is not woken by close().',
      find: "this.#ended.abort(explain('closed'));",
      replace: '',
      tests: ['callbacks'],
    },
    {
      name: 'A closed session leaves its timers and watches behind.',
      find: '    this.background.end();\n    this.recordWait.wake();',
      replace: '    this.recordWait.wake();',
      tests: ['corners'],
    },
    {
      name: 'A pair that was there when a session began is reported as a sign-in.',
      find: 'const events = wasLoaded ? eventsOfChange',
      replace: 'const events = true ? eventsOfChange',
      tests: ['pool'],
    },
    {
      name: 'A pool forgets a session that has an unsaved pair.',
      find: 'this.background.isRunning || !this.record.saved;',
      replace: 'this.background.isRunning;',
      tests: ['pool'],
      unnoticed: 'While a pair is unsaved the attempts to save it keep the session busy.',
    },
    {
      name: 'A pool forgets a session that someone waits for.',
      find: 'const isWorking = this.#calls > 0 || this.source.isBusy',
      replace: 'const isWorking = this.source.isBusy',
      tests: ['pool'],
    },
    {
      name: 'Each caller reads the record by itself.',
      find: 'return this.#loading.run(longestCall + 500, () => this.#load());',
      replace: 'return this.#load();',
      tests: ['pauses'],
    },
    {
      name: 'A store that fails is not reported.',
      find: "if (isActOnTokenError(error, 'store_unavailable')) this.announcer.fail(error, { type: 'store_failed', error });",
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'An Act-On on this machine counts as out of reach when the device is offline.',
      find: 'return onLine === false && !isOnThisMachine(this.environment.endpoint.apiBase);',
      replace: 'return onLine === false;',
      tests: ['offline'],
    },
  ],
);

const session = changesOf(
  'core',
  'session/session.ts',
  ['watching', 'getting-a-token', 'pauses', 'people', 'store-trouble', 'unbound'],
  [
    {
      name: 'Unsubscribing ends autoRefresh.',
      find: 'if (!activity.announcer.isRendered && !environment.autoRefresh) activity.background.end();',
      replace: 'if (!activity.announcer.isRendered) activity.background.end();',
      tests: ['watching'],
    },
    {
      name: 'One of two listeners that stops ends the watch of the other.',
      find: 'if (!activity.announcer.isRendered && !environment.autoRefresh) activity.background.end();',
      replace: 'if (!environment.autoRefresh) activity.background.end();',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A session with autoRefresh does nothing until someone asks.',
      find: 'if (settings.autoRefresh) this.#account.activity.background.start();',
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'A caller with a demand of its own gets any token.',
      find: '(options === undefined || wantsAnyToken(options))) return handedOut;',
      replace: 'true) return handedOut;',
      tests: ['corners'],
    },
    {
      name: 'A caller whose signal was aborted gets a token all the same.',
      find: 'return harmless && !options?.signal?.aborted;',
      replace: 'return harmless;',
      tests: ['getting-a-token'],
    },
    {
      name: 'A failure of ready() is remembered: it can never be called again.',
      find: '      this.#ready = null;\n      throw error;',
      replace: '      throw error;',
      tests: ['store-trouble'],
    },
    {
      name: 'Each call of ready() gives another promise.',
      find: 'this.#ready ??= this.#account.record.loaded',
      replace: 'this.#ready = this.#account.record.loaded',
      tests: ['store-trouble'],
    },
    {
      name: 'After a sign-in by hand the pauses of before go on.',
      find: '    activity.source.forgetPauses();\n    this.#account.forgetIdle();',
      replace: '    this.#account.forgetIdle();',
      tests: ['pauses'],
    },
    {
      name: 'A closed session lets people sign out.',
      find: "  async signOut(): Promise<void> {\n    if (this.#account.closed) throw explain('closed');",
      replace: '  async signOut(): Promise<void> {',
      unnoticed: 'The look at the record, which comes first, refuses it as well.',
    },
    {
      name: 'The URL of the API can be changed by whoever reads it.',
      find: 'return new URL(itself(this).#account.environment.endpoint.apiBase);',
      replace: 'return itself(this).#account.environment.endpoint.apiBase;',
      tests: ['fetch'],
    },
  ],
);

const waits = [
  ...changesOf(
    'core',
    'session/abortable.ts',
    ['waiting', 'people', 'getting-a-token'],
    [
      {
        name: 'Abort listeners leak: one for each call that shares a signal.',
        find: 'if (callbacks.size === 0) forget(signal);',
        replace: '',
        tests: ['waiting'],
      },
      {
        name: 'A signal that was aborted before is not seen.',
        find: 'if (signal.aborted) abort();',
        replace: '',
        tests: ['people'],
      },
      {
        name: 'A signal has one listener for each call, of which a platform warns.',
        find: 'const callbacks = listening.get(signal) ?? listen(signal);',
        replace: 'const callbacks = listen(signal);',
        tests: ['waiting'],
      },
    ],
  ),
  ...changesOf('core', 'session/wait.ts', all, [
    {
      name: 'A wait that is over leaves its timer behind.',
      find: '    timer.cancel();\n',
      replace: '',
      tests: ['getting-a-token'],
    },
    {
      name: 'A caller waits past its maxWait.',
      find: 'const delay = Math.max(0, Math.min(bound, left));',
      replace: 'const delay = bound;',
      tests: ['waiting'],
    },
    {
      name: 'A caller whose maxWait is over is told nothing.',
      find: 'if (isOver && left <= bound) throw this.#timeout();',
      replace: '',
      tests: ['pauses'],
    },
  ]),
  ...changesOf('core', 'session/single-flight.ts', all, [
    {
      name: 'Work that never ends is shared for ever.',
      find: 'if (this.#work !== null && this.remaining > 0) return this.#work;',
      replace: 'if (this.#work !== null) return this.#work;',
      tests: ['waiting'],
    },
    {
      name: 'Nobody shares work: each caller starts its own.',
      find: 'if (this.#work !== null && this.remaining > 0) return this.#work;',
      replace: '',
      tests: ['pauses'],
    },
  ]),
  ...changesOf(
    'core',
    'session/wake.ts',
    ['waking-up'],
    [
      {
        name: 'A page that is shown again does not look.',
        find: "listen(target.document, 'visibilitychange', visible),",
        replace: '',
        tests: ['waking-up'],
      },
      {
        name: 'A page that is hidden looks.',
        find: "if (target.document?.visibilityState === 'visible') wake();",
        replace: 'wake();',
        tests: ['waking-up'],
      },
      {
        name: 'A page that thaws does not look.',
        find: "listen(target.document, 'resume', wake),",
        replace: '',
        tests: ['waking-up'],
      },
      {
        name: 'A device that comes online does not look.',
        find: "listen(target, 'online', wake),",
        replace: '',
        tests: ['watching'],
      },
    ],
  ),
];

const shown = [
  ...changesOf(
    'core',
    'session/snapshot.ts',
    ['snapshots', 'watching', 'waiting-for-others'],
    [
      {
        name: 'An account that is not known yet asks for a sign-in.',
        find: '(local.loaded && (!canRefresh(record) || stopped || isUnknownOver(record, now)))',
        replace: '(!canRefresh(record) || stopped || isUnknownOver(record, now))',
        tests: ['watching'],
      },
      {
        name: 'A session that is told to stop after a lost answer does not ask for a sign-in.',
        find: '(!canRefresh(record) || stopped || isUnknownOver(record, now))',
        replace: '(!canRefresh(record) || isUnknownOver(record, now))',
        tests: ['snapshots'],
      },
      {
        name: 'An account whose outcome stays unknown for ever does not ask for a sign-in.',
        find: '(!canRefresh(record) || stopped || isUnknownOver(record, now))',
        replace: '(!canRefresh(record) || stopped)',
        tests: ['snapshots'],
      },
      {
        name: 'A sign-in elsewhere does not show.',
        find: "local.signingIn || (claim !== null && claim.purpose === 'grant' && claim.until > now)",
        replace: 'local.signingIn',
        tests: ['snapshots'],
      },
      {
        name: 'A sign-in elsewhere shows long after it has ended.',
        find: "claim.purpose === 'grant' && claim.until > now)",
        replace: "claim.purpose === 'grant')",
        tests: ['snapshots'],
      },
      {
        name: 'A refresh token that nears 30 unused days is warned of too late.',
        find: 'const disuse = 27 * 86_400_000;',
        replace: 'const disuse = 31 * 86_400_000;',
        tests: ['watching'],
      },
      {
        name: 'The moment at which a grant is possible again passes without a word.',
        find: 'oldest === undefined ? undefined : oldest + rules.window + rules.lease,',
        replace: 'undefined,',
        tests: ['snapshots'],
      },
      {
        name: 'The end of a claim passes without a word.',
        find: '    claim?.until,\n',
        replace: '',
        tests: ['waiting-for-others'],
      },
    ],
  ),
  ...changesOf('core', 'session/derive-events.ts', all, [
    {
      name: 'A sign-out elsewhere is not reported.',
      find: "if (isNews && pair === null) events.push({ type: 'signed_out' });",
      replace: 'if (isNews && pair === null) {}',
      tests: ['corners'],
    },
    {
      name: 'A pair that is dropped is not reported as superseded.',
      find: "if (outcome.type === 'granted' && !isKept) events.push({ type: 'superseded' });",
      replace: '',
      tests: ['people'],
    },
    {
      name: 'Each pair is reported as superseded.',
      find: "if (outcome.type === 'granted' && !isKept) events.push({ type: 'superseded' });",
      replace: "if (outcome.type === 'granted') events.push({ type: 'superseded' });",
      tests: ['watching'],
    },
    {
      name: 'A pair of another process is reported as refreshed here.',
      find: "const type = pair.accessToken === brought ? 'refreshed' : 'adopted';",
      replace: "const type = 'refreshed' as string as 'adopted';",
      tests: ['getting-a-token'],
    },
    {
      name: 'An imported token that no answer has proven is reported as a sign-in.',
      find: 'else if (isNews && pair !== null && !isUnproven(after)) {',
      replace: 'else if (isNews && pair !== null) {',
      tests: ['corners'],
    },
  ]),
  ...changesOf(
    'core',
    'session/describe.ts',
    ['watching'],
    [
      {
        name: 'A report for a bug shows the access token.',
        find: 'accessToken: blank(pair.accessToken), ',
        replace: '',
        tests: ['watching'],
      },
      {
        name: 'A report for a bug shows the refresh token.',
        find: ', refreshToken: blank(pair.refreshToken) }',
        replace: ' }',
        tests: ['watching'],
      },
    ],
  ),
  ...changesOf(
    'core',
    'session/events.ts',
    ['snapshots', 'watching'],
    [
      {
        name: 'A listener that throws harms the others and the session.',
        find: "        console.error('act-on-token: a listener threw.', error);",
        replace: '        throw error;',
        tests: ['watching'],
      },
      {
        name: 'A function that listens twice and stops once hears nothing.',
        find: 'const own = (...argument: Argument): void => listener(...argument);',
        replace: 'const own = listener;',
        tests: ['snapshots'],
      },
    ],
  ),
  ...changesOf(
    'core',
    'session/credentials.ts',
    ['callbacks'],
    [
      {
        name: 'Credentials that never come are waited for for ever.',
        find: 'const answer = await within(this.#environment.clock, this.#answer(), longestAnswer, silent, [ended]);',
        replace: 'const answer: Credentials | undefined | typeof silent = await this.#answer();',
        tests: ['callbacks'],
      },
      {
        name: 'Credentials that are not a user name and a password are sent.',
        find: '    checkGrant(grant);\n',
        replace: '',
        tests: ['callbacks'],
      },
    ],
  ),
];

const fetching = changesOf(
  'core',
  'session/bearer-fetch.ts',
  ['fetch'],
  [
    {
      name: 'The access token is sent to any host.',
      find: '  checkOrigin(url, source.apiBase);\n',
      replace: '',
      tests: ['fetch'],
    },
    {
      name: 'The access token is sent along with a redirect to another host.',
      find: '  if (!isThere(target, apiBase)) return null;\n',
      replace: '',
      tests: ['fetch'],
    },
    {
      name: 'The access token is sent to a URL with a user name of its own.',
      find: "return origin === apiBase.origin && username === '' && password === '';",
      replace: 'return origin === apiBase.origin;',
      tests: ['fetch'],
    },
    {
      name: 'A request that is refused is sent again and again.',
      find: 'if (response.status === 401 && !isSecond) {',
      replace: 'if (response.status === 401) {',
      tests: ['fetch'],
    },
    {
      name: 'A 401 is handed over without another try.',
      find: 'if (response.status === 401 && !isSecond) {',
      replace: 'if (false) {',
      tests: ['fetch'],
    },
    {
      name: 'A stream that was used up is sent again, empty.',
      find: 'if (!canBeSentAgain(init.body)) {',
      replace: 'if (false) {',
      tests: ['fetch'],
    },
    {
      name: 'Every stream gets a 401 for ever: nothing replaces the token.',
      find: 'const work = source.getAccessToken({ ...background, rejected: token }).catch(() => {});',
      replace: 'const work = Promise.resolve();',
      tests: ['fetch'],
    },
    {
      name: 'A young token that is refused has its request sent twice.',
      find: 'if (fresh === token) return response;',
      replace: '',
      tests: ['fetch'],
    },
    {
      name: 'Redirects are followed for ever.',
      find: "redirect === 'follow' && redirects < mostRedirects",
      replace: "redirect === 'follow'",
      tests: ['fetch'],
    },
    {
      name: 'A redirect is followed for a caller who asked for none.',
      find: "redirect === 'follow' && redirects < mostRedirects",
      replace: 'redirects < mostRedirects',
      tests: ['fetch'],
    },
    {
      name: 'A form that is redirected is sent as a form once more, where fetch sends a GET.',
      find: "status < 303 && method === 'POST'",
      replace: 'false',
      tests: ['fetch'],
    },
    {
      name: "A caller's signal ends nothing.",
      find: 'const signal = given.signal ?? request?.signal;',
      replace: 'const signal = undefined as AbortSignal | undefined;',
      tests: ['fetch'],
    },
    {
      name: 'A GET after a redirect names the type of a body that it does not have.',
      find: "for (const name of [...kept.keys()]) if (name.startsWith('content-')) kept.delete(name);",
      replace: '',
      tests: ['fetch'],
    },
    {
      name: 'The body of a 401 stays open.',
      find: '      token = fresh;\n      discard(response);',
      replace: '      token = fresh;',
      tests: ['fetch'],
    },
  ],
);

export const sessions: readonly Change[] = [
  ...cachedRecord,
  ...commit,
  ...tokenRequest,
  ...deadline,
  ...tokenSource,
  ...backOff,
  ...signIn,
  ...recordWait,
  ...background,
  ...announcer,
  ...history,
  ...semaphore,
  ...account,
  ...activity,
  ...session,
  ...waits,
  ...shown,
  ...fetching,
];
