import { type Change, changesOf } from './change.ts';

const cachedRecord = changesOf(
  'core',
  'session/cached-record.ts',
  ['store-trouble'],
  [
    {
      name: 'Cleared site data are undone by an open tab, at its next look.',
      find: 'if (!wentBack || (isGone && !survivesDeletion(this.environment.store.reach))) {',
      replace: 'if (!wentBack) {',
      tests: ['shared-record'],
    },
    {
      name: 'A store that lost what was written is believed: sessions fall back to an older pair.',
      find: 'if (!wentBack || (isGone && !survivesDeletion(this.environment.store.reach))) {',
      replace: 'if (true) {',
    },
    {
      name: 'A store that loses every write is written to in a circle.',
      find: 'if (this.#restored > mostRestores) throw',
      replace: 'if (false) throw',
      tests: ['shared-record', 'store-trouble', 'corners', 'late-answers'],
      unnoticed:
        'A store that goes back with every answer refuses the swaps that would bring it up to date, and those are counted, too.',
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
      find: '      this.#refused = 0;\n      this.asOf',
      replace: '      this.asOf',
      tests: ['overtaken'],
    },
    {
      name: 'An answer that a write overtook is believed: an old record comes back.',
      find: 'if (call >= this.#newest) return this.#take(call, this.#decode(result));',
      replace: 'return this.#take(call, this.#decode(result));',
      tests: ['overtaken'],
    },
    {
      name: 'A session that is closed goes on asking its store.',
      find: "      if (this.ended) throw explain('closed');\n      const { result, time } = await this.environment.store.read",
      replace: '      const { result, time } = await this.environment.store.read',
      tests: ['shared-record', 'store-trouble', 'corners', 'late-answers'],
      unnoticed:
        'Whatever could ask has looked before whether the session is closed: each loop, each timer and each wait.',
    },
    {
      name: 'A closed session still writes a claim.',
      find: "    if (this.ended) throw explain('closed');\n    const expected",
      replace: '    const expected',
      tests: ['shared-record', 'store-trouble', 'corners', 'late-answers'],
      unnoticed: 'Whatever could claim has looked before whether the session is closed.',
    },
    {
      name: 'A record that cannot be decoded because of a fault of ours counts as corrupt.',
      find: 'if (!isActOnTokenError(error)) throw error;',
      replace: '',
      tests: ['shared-record', 'store-trouble', 'corners', 'late-answers'],
      unnoticed: 'Reading a record throws errors of this library and nothing else.',
    },
    {
      name: 'The standing claim of another process is watched from its first sight of any claim: it is taken for dead too early.',
      find: 'if (held.record?.claim?.id !== before.claim?.id) this.#watchedSince = this.environment.clock.monotonic();',
      replace:
        'if (before.claim === null) this.#watchedSince = this.environment.clock.monotonic();',
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
      find: 'this.environment.store.read(this.#key, this);\n      this.#refused = 0;\n      this.asOf = Math.max(this.asOf, began);\n      this.time = time;',
      replace:
        'this.environment.store.read(this.#key, this);\n      this.#refused = 0;\n      this.asOf = Math.max(this.asOf, began);\n      void time;',
      tests: ['shared-record', 'store-trouble', 'corners', 'late-answers'],
    },
    {
      name: 'A pair that is served from memory hides what another process wrote meanwhile.',
      find: 'const settled = held.fault === null ? this.#rebase() : null;',
      replace: 'const settled = null as Unsaved | null;',
      tests: ['corners'],
    },
    {
      name: 'A store whose record cannot be read drops the pair that is served from memory.',
      find: 'const settled = held.fault === null ? this.#rebase() : null;',
      replace: 'const settled = this.#rebase();',
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
      find: 'return !this.#serving?.unsaved.isPair;',
      replace: 'return this.#serving === null;',
    },
    {
      name: 'Two accounts of one client share a record.',
      find: 'return accountKey(issuer, clientId, this.name);',
      replace: "return accountKey(issuer, clientId, '');",
      tests: ['corners'],
    },
    {
      name: 'A pair that was superseded in the store is reported as saved.',
      find: 'settled.isSaved || settled.unsaved.isIn(this.stored)',
      replace: 'true',
      tests: ['corners'],
    },
    {
      name: 'What becomes of an unsaved pair is never reported.',
      find: 'if (settled?.unsaved.isPair) this.pairSettled(settled.isSaved || settled.unsaved.isIn(this.stored));',
      replace: '',
    },
    {
      name: 'Swaps that lost are counted although others won in between: a busy store is given up.',
      find: '    this.#refused = 0;\n    // Whatever',
      replace: '    // Whatever',
      tests: ['overtaken'],
    },
    {
      name: 'What the store did not take is served only once the record changes.',
      find: 'record: unsaved.over(this.stored), isSaved',
      replace: 'record: null, isSaved',
      tests: ['corners'],
    },
    {
      name: 'Those who listen do not see a pair that the store did not take.',
      find: '    this.changed(before, this.record, true);\n',
      replace: '',
    },
    {
      name: 'A pair that the store did not take counts as saved from the start.',
      find: 'isSaved: false',
      replace: 'isSaved: true',
      tests: ['unsaved'],
    },
    {
      name: 'A pair that was saved together with a later claim is reported as superseded.',
      find: 'if (this.#serving?.unsaved.isIn(next)) this.#serving.isSaved = true;',
      replace: '',
      tests: ['shared-record', 'store-trouble', 'corners', 'late-answers'],
      unnoticed: 'The record that the claim was written into settles the pair at once, and has it.',
    },
    {
      name: 'A pair that the store took without saying so is reported as superseded.',
      find: 'settled.isSaved || settled.unsaved.isIn(this.stored)',
      replace: 'settled.isSaved',
      tests: ['unsaved'],
    },
    {
      name: 'A verdict that the store took at last is reported as a saved pair.',
      find: 'if (settled?.unsaved.isPair)',
      replace: 'if (settled)',
      tests: ['unsaved'],
    },
    {
      name: 'What was unsaved once counts as unsaved for ever.',
      find: '    this.#serving = null;\n    return serving;',
      replace: '    return serving;',
      tests: ['corners'],
    },
    {
      name: 'A pair that was superseded is written to the store again and again.',
      find: 'return this.#serving?.unsaved === unsaved;',
      replace: 'return unsaved !== null;',
    },
    {
      name: 'A pair that the store did not take is not written a second time.',
      find: 'return this.#serving?.unsaved === unsaved;',
      replace: 'return unsaved === null;',
    },
    {
      name: 'A look that shows the record that is known counts as a change.',
      find: 'if (record.version === this.#held?.version && !this.#held.isAhead) return this.#held;',
      replace: '',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A store that lost what was written keeps what it has, if the swap that gives it back is lost.',
      find: ' && !this.#held.isAhead) return',
      replace: ' ) return',
    },
    {
      name: 'What a store lost is known to this process only: it is not given back.',
      find: '    await this.swap(this.stored ?? known);\n',
      replace: '',
    },
    {
      name: 'A store that lost a record five times in all, over months, counts as broken.',
      find: '      this.#restored = 0;\n',
      replace: '',
      tests: ['overtaken'],
    },
    {
      name: 'A look that began before a swap and ended after it is believed.',
      find: 'await this.#take(++this.#calls, {',
      replace: 'await this.#take(call, {',
      tests: ['overtaken'],
    },
    {
      name: 'What a swap showed of the record counts as not looked up.',
      find: 'stored, this);\n    this.asOf = Math.max(this.asOf, began);',
      replace: 'stored, this);',
      tests: ['overtaken'],
    },
  ],
);

const commit = changesOf(
  'core',
  'session/commit.ts',
  ['saving'],
  [
    {
      name: 'A commit overwrites an unreadable record.',
      find: 'if (this.#account.fault !== null) throw this.#account.fault;',
      replace: '',
    },
    {
      name: 'A commit that met another change is dropped.',
      find: 'if (await this.#account.swap(next)) return hasOutcome(next, ending);',
      replace: 'return (await this.#account.swap(next)) && hasOutcome(next, ending);',
    },
    {
      name: 'A closed session still waits for the next attempt to save its pair.',
      find: 'this.#end.ring();',
      replace: '',
    },
    {
      name: 'An unsaved pair keeps no process alive: it is lost with a script that ends.',
      find: 'const keepAlive = isLeased && unsaved !== null;',
      replace: 'const keepAlive = false;',
    },
    {
      name: 'A store that is down for good keeps a script alive for ever.',
      find: 'const keepAlive = isLeased && unsaved !== null;',
      replace: 'const keepAlive = true;',
    },
    {
      name: 'An unsaved pair is written twenty times a second for as long as the store is down.',
      find: 'Math.min(pause, isLeased ? 1_000 : 30_000)',
      replace: '50',
    },
    {
      name: 'The pauses between two tries to save a pair grow without a bound.',
      find: 'Math.min(pause, isLeased ? 1_000 : 30_000)',
      replace: 'pause',
    },
    {
      name: 'An unsaved pair is given up after one lease, though the process lives.',
      find: 'if (!isLeased && unsaved === null) return;',
      replace: 'if (!isLeased) return;',
    },
    {
      name: 'A claim whose answer got lost is withdrawn for ever, long after its lease.',
      find: 'if (!isLeased && unsaved === null) return;',
      replace: '',
    },
    {
      name: 'Closing does not wait for a pair that is on its way.',
      find: 'await Promise.race([settled(), lease.done]);',
      replace: '',
    },
    {
      name: 'Closing waits for ever while the store is down.',
      find: 'await Promise.race([settled(), lease.done]);',
      replace: 'await settled();',
    },
    {
      name: 'A lost pair is not reported when the session is closed.',
      find: "if (!this.#closed && !this.#account.saved) this.#announcer.emit({ type: 'unsaved', lost: true });",
      replace: '',
    },
    {
      name: 'A closed session goes on writing to a store that is down.',
      find: 'if (this.#closed || (unsaved !== null && !this.#account.isServing(unsaved))) return;',
      replace: 'if (unsaved !== null && !this.#account.isServing(unsaved)) return;',
      tests: ['corners'],
    },
    {
      name: 'A pair that the store does not take is not served.',
      find: 'const unsaved = this.#unsaved(mine, ending);',
      replace: 'const unsaved = null as Unsaved | null;',
      tests: ['corners'],
    },
    {
      name: 'A pair that the store does not take is served without an event.',
      find: "if (unsaved?.isPair) this.#announcer.emit({ type: 'unsaved', lost: false });",
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'A refused refresh token is sent again while the store is down.',
      find: "if (ending.type !== 'granted' && ending.type !== 'refused') return null;",
      replace: "if (ending.type !== 'granted') return null;",
      tests: ['store-trouble'],
    },
    {
      name: 'A pool closes while a pair is on its way to the store.',
      find: '    busy.add(this);\n',
      replace: '',
      tests: ['pool'],
    },
    {
      name: 'A store that is down for hours is written to once a second.',
      find: 'isLeased ? 1_000 : 30_000',
      replace: '1_000',
    },
    {
      name: 'Closing does not wait for what the store has not taken yet.',
      find: 'void this.track(this.#writeUntilTaken(mine, ending, unsaved));',
      replace: 'void this.#writeUntilTaken(mine, ending, unsaved);',
    },
    {
      name: 'Closing does not wait for the second try of a commit whose first one failed.',
      find: 'while (!this.isIdle) await Promise.allSettled(this.#pending);',
      replace: 'await Promise.allSettled(this.#pending);',
      tests: ['unsaved'],
    },
    {
      name: 'A closed session keeps the process alive for one lease.',
      find: '    lease.cancel();\n',
      replace: '',
      tests: ['pool'],
    },
    {
      name: 'A pair that is lost is reported with each call of close().',
      find: 'if (!this.#closed && !this.#account.saved)',
      replace: 'if (!this.#account.saved)',
      tests: ['store-trouble'],
    },
    {
      name: 'A pair that the store does not take is written again, but not served meanwhile.',
      find: 'if (unsaved !== null) this.#account.serve(unsaved);',
      replace: '',
      tests: ['pool'],
    },
    {
      name: 'A store that does not take a pair is not reported as failing.',
      find: "if (unsaved?.isPair && isActOnTokenError(error)) this.#announcer.fail(error, { type: 'store_failed', error });",
      replace: '',
    },
    {
      name: 'A pair that the store does not take is given up after the first try.',
      find: '      this.writeLater(mine, ending, unsaved);\n',
      replace: '',
    },
    {
      name: 'A claim whose answer got lost is withdrawn on what was known before it.',
      find: 'if (unsaved === null) await this.#account.read();',
      replace: '',
    },
    {
      name: 'A pair whose access token the API has refused since counts as lost.',
      find: 'return refreshToken === null ? record?.pair?.accessToken === accessToken : record?.pair?.refreshToken === refreshToken;',
      replace: "return refreshToken !== '' && record?.pair?.accessToken === accessToken;",
      tests: ['unsaved'],
    },
    {
      name: 'A pair without a refresh token is taken for any pair without one.',
      find: 'return refreshToken === null ? record?.pair?.accessToken === accessToken : record?.pair?.refreshToken === refreshToken;',
      replace: "return accessToken !== '' && record?.pair?.refreshToken === refreshToken;",
      tests: ['corners'],
    },
    {
      name: 'A pair that the record has already counts as unsaved.',
      find: 'if (over(this.#account.stored) === null) return null;',
      replace: '',
      tests: ['unsaved'],
    },
  ],
);

const tokenRequest = changesOf(
  'core',
  'session/token-request.ts',
  ['giving-up'],
  [
    {
      name: 'A claim whose answer got lost blocks others for its whole lease.',
      find: "      this.#commits.writeLater(mine, { type: 'withdrawn' });\n",
      replace: '',
      tests: ['saving'],
    },
    {
      name: 'A request is sent although the process slept through most of its lease.',
      find: 'if (isTooLate || account.closed) {',
      replace: 'if (account.closed) {',
      tests: ['store-trouble'],
    },
    {
      name: 'A closed session sends what it had claimed.',
      find: 'if (isTooLate || account.closed) {',
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
      find: 'const sentAt = account.time.lastSaid();',
      replace: 'const sentAt = account.now();',
      tests: ['token-lifetime'],
    },
    {
      name: 'A refund is given for any 4xx: refused passwords are not charged.',
      find: "const refund = reason === 'client' || reason === 'gateway';",
      replace: 'const refund = true;',
      tests: ['corners'],
    },
    {
      name: 'A sign-in that Act-On refused because of the client is charged.',
      find: "const refund = reason === 'client' || reason === 'gateway';",
      replace: 'const refund = false;',
      tests: ['signing-in'],
    },
    {
      name: 'A definite No is forgotten: what was refused is tried again unattended.',
      find: "if (reason !== 'client' && reason !== 'request') return { type, blockedUntil, refund };",
      replace: 'if (reason !== null) return { type, blockedUntil, refund };',
      tests: ['corners'],
    },
    {
      name: 'The time that a 429 names is forgotten.',
      find: 'return { type, blockedUntil, refund };',
      replace: 'return { type, blockedUntil: null, refund };',
      tests: ['signing-in'],
    },
    {
      name: 'The time that a 503 names is forgotten.',
      find: 'answered: outcome.answered, blockedUntil };',
      replace: 'answered: outcome.answered, blockedUntil: null };',
      tests: ['corners'],
    },
    {
      name: 'A request without an answer is waited for when its lease is over: another process sends next to it.',
      find: 'const delay = Math.min(mine.claim.until - account.now(), rules.lease) - toCommit;',
      replace: 'const delay = 10 * rules.lease - toCommit;',
    },
    {
      name: 'A request is given up at its timeout, and a good answer that comes later is thrown away.',
      find: 'const delay = Math.min(mine.claim.until - account.now(), rules.lease) - toCommit;',
      replace: 'const delay = endpoint.requestTimeout;',
      tests: ['corners'],
    },
    { name: 'A request that was given up goes on.', find: '    abort.abort();\n', replace: '' },
    {
      name: 'An endpoint that throws ends the process with an unhandled rejection, or the claim stays.',
      find: "    return outcome ?? { type: 'unknown'",
      replace: "    answer.throwIfFailed();\n    return outcome ?? { type: 'unknown'",
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
      find: 'expiresAt: sentAt + Math.min(lifetime, maxLifetime)',
      replace: 'expiresAt: sentAt + lifetime',
      tests: ['lost-replies'],
    },
    {
      name: 'A claim whose swap got a conflict with the claim in it is not recognised.',
      find: ' || account.stored?.claim?.id === mine.claim.id;',
      replace: ';',
      tests: ['shared-record'],
    },
    {
      name: 'A page that wakes up does not look whether its request should have ended.',
      find: '    this.#answer?.ring();\n',
      replace: '',
    },
    {
      name: 'An answer that came while the process was stopped is given up unread.',
      find: 'if (left() < -longSleep && !account.closed) await',
      replace: 'if (false) await',
    },
    {
      name: 'Answers after a pause are believed however long one waits for them.',
      find: 'const aMoment = 250;',
      replace: 'const aMoment = 250_000;',
    },
    {
      name: 'A page whose timers are late never gives a request up.',
      find: 'while (!answer.isOver && left() > 0) await Promise.race([answer.done, answer.wait(left())]);',
      replace: 'await answer.done;',
    },
    {
      name: 'A store whose clock leaped makes a request last longer than a lease.',
      find: 'const delay = Math.min(mine.claim.until - account.now(), rules.lease) - toCommit;',
      replace: 'const delay = mine.claim.until - account.now() - toCommit;',
      tests: ['requests'],
    },
    {
      name: 'A page that wakes up gives a request up although it has time left.',
      find: 'while (!answer.isOver && left() > 0) await',
      replace: 'if (!answer.isOver && left() > 0) await',
    },
    {
      name: 'Time that a laptop slept does not count against a request.',
      find: 'delay - Math.max(clock.now() - wall, clock.monotonic() - monotonic)',
      replace: 'delay - (clock.monotonic() - monotonic)',
      tests: ['requests'],
    },
    {
      name: 'A wall clock that is set back makes a request last longer.',
      find: 'delay - Math.max(clock.now() - wall, clock.monotonic() - monotonic)',
      replace: 'delay - (clock.now() - wall)',
      tests: ['requests'],
    },
    {
      name: 'Closing does not wait for a request that is under way.',
      find: 'await this.#commits.track(last.done);',
      replace: 'await last.done;',
      tests: ['watching'],
    },
    {
      name: 'Where timers are late, a request is sent next to the one before.',
      find: '    this.#last = last;\n',
      replace: '',
      tests: ['requests'],
    },
    {
      name: 'The next request does not wait for the one before to be saved.',
      find: '    await last.settled();\n',
      replace: '',
      tests: ['requests'],
    },
    {
      name: 'A request whose time is over is not ended by the one that comes next.',
      find: '    this.checkDeadline();\n    last.extend',
      replace: '    last.extend',
      tests: ['requests'],
    },
    {
      name: 'A request that fails reports no time at which the next one makes sense.',
      find: "return 'until' in next ? next.until : now;",
      replace: 'return null;',
      tests: ['requests'],
    },
    {
      name: 'A sign-in that failed is reported as a failed refresh.',
      find: "if (outcome.type === 'granted' || purpose === 'grant') return;",
      replace: "if (outcome.type === 'granted') return;",
      tests: ['signing-in'],
    },
    {
      name: 'A store that does not answer to a claim is not reported.',
      find: "if (isActOnTokenError(error, 'store_unavailable')) this.#announcer.fail(error, { type: 'store_failed', error });",
      replace: '',
      tests: ['requests'],
    },
    {
      name: 'A request that broke down counts as one that was lost to another process.',
      find: '    last.throwIfFailed();\n',
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'The scope that the server names is not kept.',
      find: 'const { lifetime, ...tokens } = outcome;',
      replace: 'const { lifetime, scope: _, ...tokens } = outcome;',
      tests: ['signing-in'],
    },
    {
      name: "A server's name is not in the message of a failed refresh.",
      find: 'this.#account.environment.endpoint.name,',
      replace: "'Act-On',",
      tests: ['other-endpoints'],
    },
    {
      name: 'A code that is imported as a refresh token is not known by the claim that sends it.',
      find: "const imported = grant?.type === 'refresh_token' ? grant.refreshToken : undefined;",
      replace: 'const imported = undefined;',
      tests: ['signing-in'],
    },
  ],
);

const tokenSource = changesOf(
  'core',
  'session/token-source.ts',
  ['waiting'],
  [
    {
      name: 'A caller is refused on an old record.',
      find: 'if (asOf < wait.started && this.#now() - refusedAt >= refusalHolds) return this.#look(wait);',
      replace: '',
      tests: ['pauses'],
    },
    {
      name: 'Each refused caller reads the store, however many there are.',
      find: 'if (asOf < wait.started && this.#now() - refusedAt >= refusalHolds) return',
      replace: 'if (asOf < wait.started) return',
      tests: ['pauses'],
    },
    {
      name: 'A token that the API refused is handed out again, though another process has signed in.',
      find: 'if (token !== rejected || account.asOf >= wait.started) {',
      replace: 'if (true) {',
      tests: ['corners'],
    },
    {
      name: 'A record that cannot be read takes away the token that still lives.',
      find: ' || (account.fault !== null && error === account.fault);',
      replace: ';',
      tests: ['shared-record'],
    },
    {
      name: 'A store that is down takes away the token that still lives.',
      find: "const isStore = isActOnTokenError(error, 'store_unavailable') || (",
      replace: 'const isStore = (',
      tests: ['store-trouble'],
    },
    {
      name: 'A caller who wants a longer life than any token has makes one refresh after the other.',
      find: 'if (account.record.generation > generation) demand = anyToken;',
      replace: '',
      tests: [
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
      ],
    },
    {
      name: 'A caller waits for ever for a server that never answers.',
      find: '} else if (wait.elapsed > environment.patience && (',
      replace: '} else if (wait.elapsed > 1_000_000_000 && (',
    },
    {
      name: 'A waiter never leaves: the store is watched for ever.',
      find: '      leave?.();\n',
      replace: '',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A token is judged by a time that is hours old.',
      find: '} else if (account.time.age() > oldestTime) await',
      replace: '} else if (false) await',
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
      find: "if (demand.ahead && type !== 'use') this.#troubles.pauseAhead(this.#now(), aheadPauseAfter(type));",
      replace: 'if (aMinute < 0) return;',
      tests: ['getting-a-token'],
    },
    {
      name: 'A refresh in the background is not handed to waitUntil.',
      find: 'if (flight !== null) this.#handOver(flight, options);',
      replace: '',
      tests: ['getting-a-token'],
    },
    {
      name: 'What a caller who leaves has started is not handed to waitUntil.',
      find: '    this.#handOver(flight, options);\n    this.#waiting += 1;',
      replace: '    this.#waiting += 1;',
    },
    {
      name: 'A waitUntil that throws takes the token away.',
      find: '      console.error(\'act-on-token: "waitUntil" threw.\', error);',
      replace: '      throw error;',
    },
    {
      name: 'What is handed to waitUntil may reject.',
      find: 'waitUntil?.(flight.settled());',
      replace: 'waitUntil?.(flight.settled().then(() => flight.throwIfFailed()));',
    },
    {
      name: 'A request that never ends keeps waitUntil waiting.',
      find: 'waitUntil?.(flight.settled());',
      replace: 'waitUntil?.(flight.done);',
    },
    {
      name: 'A grant is sent although the record says something else by the time a place is free.',
      find: 'if (account.closed || this.#ask({ ...demand, fingerprint: request.fingerprint ?? null }).type !== purpose) return;',
      replace: '',
      tests: ['pool', 'many-sessions', 'signing-in'],
      unnoticed:
        'No order of events was found in which it matters: a claim on a record that has moved is lost.',
    },
    {
      name: 'Callers who have left keep their place in the line of a pool.',
      find: '!account.closed && (this.#waiting > 0 || demand.ahead === true)',
      replace: '!account.closed',
    },
    {
      name: 'A place in the pool is never given back.',
      find: '      release?.();\n',
      replace: '',
      tests: ['pool'],
    },
    {
      name: 'A server that could not be reached is tried again with each call.',
      find: "const kind = outcome.type === 'not_sent' ? 'unreached' : isRefused",
      replace: 'const kind = isRefused',
      tests: [
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
      ],
    },
    {
      name: 'A store whose answers are slow has claims made and withdrawn in a circle.',
      find: "this.#pause(this.#troubles.failed('withdrawn'), slowStore());",
      replace: 'return;',
      tests: [
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
      ],
    },
    {
      name: 'Pauses go on after a good answer.',
      find: "outcome.type === 'granted') {\n      this.#backOff = null;",
      replace: "outcome.type === 'granted') {",
      tests: ['pauses'],
    },
    {
      name: 'Credentials that are refused for good are asked for with each call.',
      find: "if (decision.type === 'give_up') this.#pause(refusalHolds, this.#refusal(decision));",
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'What a refused sign-in was told by the server is not shown.',
      find: 'detail: isGrant ? record.refusal?.detail : isOpen ? this.#backOff?.detail : undefined,',
      replace: 'detail: isOpen ? this.#backOff?.detail : undefined,',
      tests: ['corners'],
    },
    {
      name: 'Claims that took too long count together though others came in time.',
      find: 'this.#backOff?.claimed();',
      replace: 'this.#backOff?.pausedBy(0);',
      tests: ['pauses'],
    },
    {
      name: 'Nobody shares work: each caller starts its own.',
      find: 'if (this.#flight?.isRunning) return this.#flight;',
      replace: '',
      tests: ['getting-a-token'],
    },
    {
      name: 'One who waits for a place in a pool goes on waiting when its patience is over.',
      find: "('until' in next || hasBoarded)) {",
      replace: "'until' in next) {",
    },
    {
      name: 'A refresh ahead of time is tried again within the minute after a failure.',
      find: 'if (this.aheadPause() > 0) return null;',
      replace: '',
      tests: ['pauses'],
    },
    {
      name: 'A caller who asks for a longer life is given the token that has not got it, when all fails.',
      find: 'token === rejected || (minValidity ?? 0) > 0 ? null',
      replace: 'token === rejected ? null',
      tests: ['store-trouble'],
    },
    {
      name: 'A caller is given the very token that the API refused, when all fails.',
      find: 'token === undefined || token === rejected || (',
      replace: 'token === undefined || (',
      tests: ['last-resort'],
    },
    {
      name: 'A record that cannot be read is taken for an empty one.',
      find: "if (fault !== null) return { type: 'refused', error: fault };",
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'A pause after a failure takes away the token that still lives.',
      find: "return this.#lastResort(demand) === null ? { type: 'refused', error } : { type: 'use' };",
      replace: "return { type: 'refused', error };",
      tests: ['last-resort'],
    },
    {
      name: 'A session never notices that all its callers have left.',
      find: '      this.#waiting -= 1;\n',
      replace: '',
    },
    {
      name: 'A sign-in that the hourly limit forbids is not reported.',
      find: "if (error.code === 'grant_budget') announcer.emit({ type: 'grant_budget', nextAt: error.retryAt });",
      replace: '',
      tests: ['last-resort'],
    },
    {
      name: 'One who is told that a session is over sees it alive.',
      find: '    announcer.announce();\n    throw error;',
      replace: '    throw error;',
      tests: ['last-resort'],
    },
    {
      name: 'A server that asks for a pause again and again counts as one that does not answer.',
      find: "until === refresh || until === grant ? 'rate_limited' : 'outcome_unknown'",
      replace: "until === grant && until === refresh ? 'rate_limited' : 'outcome_unknown'",
      tests: ['last-resort'],
    },
    {
      name: 'One who waited for a place in a pool is told that Act-On did not answer.',
      find: "if (until === null) return explain('timeout', { detail: 'too many other accounts were waiting' });",
      replace: "if (until === null) return explain('outcome_unknown');",
      tests: ['last-resort'],
    },
    {
      name: 'A caller does not end a request whose timer is late.',
      find: '    requests.checkDeadline();\n    try {',
      replace: '    try {',
      tests: ['giving-up'],
    },
    {
      name: 'A machine that wakes up does not end a request whose time is over.',
      find: '    this.#backOff = null;\n    this.#parts.requests.checkDeadline();',
      replace: '    this.#backOff = null;',
      tests: ['requests'],
    },
    {
      name: 'What the endpoint throws on purpose, before it sends, is replaced by another error.',
      find: "if (outcome.type === 'not_sent' && outcome.thrown !== undefined) throw outcome.thrown;",
      replace: '',
      tests: ['requests'],
    },
    {
      name: 'A caller who is refused is not told when the pause ends.',
      find: "const retryAt = pause > refusalHolds || kind === 'unreached' ? this",
      replace: 'const retryAt = pause > 1e9 ? this',
      tests: ['pauses'],
    },
    {
      name: 'An offline device is not told when the session tries again.',
      find: "detail: 'this device says that it is offline', retryAt: clock.now() + pause",
      replace: "detail: 'this device says that it is offline'",
      tests: ['offline'],
    },
    {
      name: 'A session with credentials does not sign in by itself.',
      find: "const signIn = this.#parts.credentials.exists ? 'unattended' : 'none';",
      replace: "const signIn = 'none';",
      tests: ['many-sessions'],
    },
    {
      name: 'A refused caller is not told when to try again.',
      find: 'retryAt: retryAt === null ? null : time.toLocal(retryAt),\n      detail: isGrant',
      replace: 'detail: isGrant',
      tests: ['lost-replies'],
    },
    {
      name: 'An outcome that stays unknown for ever does not ask the caller to sign in.',
      find: '...(isUnknownOver(record, time.now(), environment.rules) ? { needsGrant: true } : {}),',
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'A session by itself, without a pool, sends nothing.',
      find: 'if (shared.semaphore !== null && release === null) return;',
      replace: 'if (release === null) return;',
      tests: ['getting-a-token'],
    },
  ],
);

const backOff = changesOf(
  'core',
  'session/back-off.ts',
  ['pauses'],
  [
    {
      name: 'A pause after a failure never ends.',
      find: 'this.#paused !== null && now < this.#paused.until',
      replace: 'this.#paused !== null',
    },
    {
      name: 'There is no pause after a failure.',
      find: 'this.#paused !== null && now < this.#paused.until',
      replace: 'false',
      tests: ['store-trouble'],
    },
    {
      name: 'The pause after a failure to reach Act-On does not grow.',
      find: 'unreached: (times: number) => Math.min(1_000 * 2 ** (times - 1), aMinute),',
      replace: 'unreached: (_times: number) => 1_000,',
    },
    {
      name: 'The pause after a failure to reach Act-On grows beyond a minute.',
      find: 'unreached: (times: number) => Math.min(1_000 * 2 ** (times - 1), aMinute),',
      replace: 'unreached: (times: number) => 1_000 * 2 ** (times - 1),',
    },
    {
      name: 'The pause after a definite No to a refresh does not grow.',
      find: 'refused: (times: number) => Math.min(aMinute * 2 ** (times - 1), 10 * aMinute),',
      replace: 'refused: (_times: number) => aMinute,',
    },
    {
      name: 'The pause after a definite No to a refresh grows beyond ten minutes.',
      find: 'refused: (times: number) => Math.min(aMinute * 2 ** (times - 1), 10 * aMinute),',
      replace: 'refused: (times: number) => aMinute * 2 ** (times - 1),',
    },
    {
      name: 'A device that says it is offline is believed for ever.',
      find: 'isOffline ? (this.#offlineUntil ?? now + offlineHolds) : null;',
      replace: 'isOffline ? now + offlineHolds : null;',
    },
    {
      name: 'A device that was offline, came back and went off again is not believed.',
      find: '    this.#offlineUntil = isOffline ? (this.#offlineUntil ?? now + offlineHolds) : null;',
      replace: '    if (!isOffline) return 0;\n    this.#offlineUntil ??= now + offlineHolds;',
    },
    {
      name: 'A refresh ahead that failed is not tried again for an hour.',
      find: 'this.aheadPausedUntil = now + delay;',
      replace: 'this.aheadPausedUntil = now + 60 * delay;',
    },
    {
      name: 'The pause after a failure goes on growing though Act-On answered in between.',
      find: 'kind === this.#streak.kind ? this.#streak.times + 1 : 1',
      replace: 'this.#streak.times + 1',
    },
  ],
);

const signIn = changesOf(
  'core',
  'session/sign-in.ts',
  ['people'],
  [
    {
      name: 'A token that is spent while a person brings it is sent again.',
      find: 'let wasOwn = hadIt;',
      replace: 'let wasOwn = false;',
    },
    {
      name: 'A sign-out ends a sign-in that came after it.',
      find: "while (account.record.lineage === lineage && account.record.ended !== 'signed_out') {",
      replace: "while (account.record.ended !== 'signed_out') {",
    },
    {
      name: 'A sign-out asks the server to revoke a token although nothing was signed out here.',
      find: 'if (token && endpoint.revoke)',
      replace: 'if (endpoint.revoke)',
      tests: ['other-endpoints'],
    },
    {
      name: 'A sign-out that meets another change is dropped.',
      find: "while (account.record.lineage === lineage && account.record.ended !== 'signed_out') {",
      replace: "if (account.record.lineage === lineage && account.record.ended !== 'signed_out') {",
    },
    {
      name: 'A person waits for ever for a claim that another process keeps making.',
      find: 'if (wait.elapsed > patience) throw',
      replace: 'if (false) throw',
    },
    {
      name: 'A person waits for ever for a store that takes claims too late.',
      find: 'for (let withdrawn = 0; withdrawn < mostWithdrawals; ) {',
      replace: 'for (let withdrawn = 0; withdrawn < 1_000; ) {',
      tests: ['requests'],
    },
    {
      name: 'A person who waits sends a password although another one signed in meanwhile.',
      find: "if (grant.type === 'password' && current.lineage > lineage && current.pair !== null) return;",
      replace: '',
      tests: ['signing-in'],
    },
    {
      name: 'A refresh token that was refused before is sent again.',
      find: 'if (isOwn && current.ended !== null) throw',
      replace: 'if (false) throw',
    },
    {
      name: 'A refresh token that the record has already goes out as another one: its refusal counts as a conflict.',
      find: "if (!isOwn) return { purpose: 'grant', grant, fingerprint };",
      replace: "return { purpose: 'grant', grant, fingerprint };",
    },
    {
      name: 'A refresh token that the record has already and that is unanswered goes out as if it were new.',
      find: "return { purpose: (pair?.unanswered ?? 0) > 0 ? 'probe' : 'refresh' };",
      replace: "return { purpose: 'refresh' };",
    },
    {
      name: 'A code is sent once for each caller.',
      find: 'const known = codes.get(secret);',
      replace: 'const known = null as unknown as Flight | undefined;',
    },
    {
      name: 'A code that was not sent can never be tried again.',
      find: 'if (!wasUsed) onNotSent();',
      replace: '',
    },
    {
      name: 'A code that was refused, or without an answer, is sent again.',
      find: 'if (!wasUsed) onNotSent();',
      replace: 'onNotSent();',
    },
    {
      name: 'Codes that were sent are remembered without a bound.',
      find: 'if (codes.size >= mostCodes) codes.delete(oldest);',
      replace: '',
    },
    {
      name: 'The code that was sent last is forgotten first.',
      find: "const [oldest = ''] = codes.keys();",
      replace: "const oldest = [...codes.keys()].at(-1) ?? '';",
    },
    {
      name: 'A caller who leaves takes the code away from the others.',
      find: 'known ?? this.#fly(grant, new Wait(this.#parts.account), () =>',
      replace: 'known ?? this.#fly(grant, new Wait(this.#parts.account, { signal }), () =>',
      tests: ['requests'],
    },
    {
      name: 'A sign-in with a code that a request of a Worker left behind never ends.',
      find: 'const bound = environment.patience + environment.rules.lease + longestCall;',
      replace: 'const bound = Number.POSITIVE_INFINITY;',
      tests: ['waiting'],
    },
    {
      name: 'A code that was used before counts as signed in, though someone has signed out since.',
      find: 'if (known !== undefined && account.record.pair === null) throw',
      replace: 'if (false) throw',
    },
    {
      name: 'A person signs in on a record that is hours old.',
      find: '        await this.#readForPerson(wait);\n        const { lineage } = this.#parts',
      replace: '        const { lineage } = this.#parts',
    },
    {
      name: 'A person replaces the record of a newer version.',
      find: "if (isActOnTokenError(fault, 'store_version')) throw fault;",
      replace: '',
      tests: ['store-trouble'],
    },
    {
      name: 'A sign-in that a sign-out overtook counts as signed in.',
      find: 'if (!kept && this.#parts.account.record.pair === null) throw',
      replace: 'if (false) throw',
    },
    {
      name: 'A person is not told when a grant is possible again.',
      find: 'throw errorOf(outcome, true, retryAfter === null ? null : this.#parts.account.environment.clock.now() + retryAfter, this.#parts.name);',
      replace: 'throw errorOf(outcome, true, null, this.#parts.name);',
      tests: ['signing-in'],
    },
    {
      name: 'A session that signs in does not show it.',
      find: 'const done = this.#parts.announcer.signingIn();',
      replace: 'const done = (): void => {};',
      tests: ['signing-in'],
    },
    {
      name: 'A session shows for ever that it signs in.',
      find: '      done();\n',
      replace: '',
      tests: ['signing-in'],
    },
    { name: 'A sign-in leaves a watch behind.', find: '        leave();\n', replace: '' },
  ],
);

const recordWait = changesOf(
  'core',
  'session/record-wait.ts',
  ['waiting-for-others'],
  [
    {
      name: 'A waiter is not woken by a change that this process makes.',
      find: '    this.#schedule(firstPoll);\n    this.#changed.ring();',
      replace: '    this.#schedule(firstPoll);',
    },
    {
      name: 'A waiter is not woken by a hint of the store.',
      find: 'if (this.inUse) this.look();',
      replace: '',
    },
    {
      name: 'A subscriber hears nothing of what others change.',
      find: 'this.#account.watch(() => this.#hint());',
      replace: 'this.#account.watch(() => {});',
      tests: ['watching'],
    },
    {
      name: 'A hint that comes while a read is under way is lost.',
      find: '} while (this.#isHinted && this.inUse);',
      replace: '} while (false);',
    },
    {
      name: 'A waiter polls ten times a second for as long as it waits.',
      find: 'this.#schedule(Math.min(this.#poll * 2, longestPoll));',
      replace: 'this.#schedule(firstPoll);',
    },
    {
      name: 'A waiter polls less and less often without a bound.',
      find: 'this.#schedule(Math.min(this.#poll * 2, longestPoll));',
      replace: 'this.#schedule(this.#poll * 2);',
    },
    {
      name: 'A waiter relies on hints alone: after a lost one it waits until the claim should have ended.',
      find: 'const pause = Math.min(this.#pollAt - account.environment.clock.monotonic(), until - account.now());',
      replace: 'const pause = until - account.now();',
    },
    {
      name: 'A waiter sleeps past the end of the claim that it waits for.',
      find: 'const pause = Math.min(this.#pollAt - account.environment.clock.monotonic(), until - account.now());',
      replace: 'const pause = this.#pollAt - account.environment.clock.monotonic();',
    },
    {
      name: 'The store is watched once for each waiter.',
      find: 'if (this.#users === 0) {',
      replace: 'if (true) {',
    },
    {
      name: 'The store is watched on when the last one left.',
      find: 'if (this.#users === 0) this.#unwatch();',
      replace: '',
    },
    {
      name: 'One who leaves twice takes the watch away from another.',
      find: '      if (!isJoined) return;\n',
      replace: '',
      tests: ['waiting-for-others', 'watching'],
      unnoticed: 'Each holder of a watch leaves it once.',
    },
    {
      name: 'A subscriber is not told that the store failed when it looked after a hint.',
      find: "if (isActOnTokenError(error, 'store_unavailable')) this.#announcer.fail(error, { type: 'store_failed', error });",
      replace: '',
    },
    {
      name: 'Each caller reads the record by itself.',
      find: 'if (!this.#reading?.isRunning) this.#reading',
      replace: 'this.#reading',
      tests: ['pauses'],
    },
  ],
);

const wait = changesOf(
  'core',
  'session/wait.ts',
  ['callbacks'],
  [
    {
      name: 'A session that was idle when it was closed gives its token on.',
      find: "    if (this.#account.closed) throw explain('closed');\n",
      replace: '',
      tests: ['last-resort'],
    },
    {
      name: 'A caller goes on waiting, or gets a token, although its signal was aborted.',
      find: '    for (const signal of this.#signals) signal.throwIfAborted();\n',
      replace: '',
      tests: ['people'],
    },
    {
      name: 'A caller waits past its maxWait.',
      find: 'await bell.wait(Math.min(bound, left), this.#signals);',
      replace: 'await bell.wait(bound, this.#signals);',
      tests: ['waiting'],
    },
    {
      name: 'A caller whose maxWait is over is told nothing.',
      find: 'if (left <= 0 && this.#hasWaited) throw explain(\'timeout\', { detail: `"maxWait" is ${this.#maxWait} ms` });',
      replace: 'if (left <= 0 && this.#hasWaited) return new Promise(() => {});',
      tests: ['pauses'],
    },
    {
      name: 'One who waits is not woken when the session is closed.',
      find: '[signal, account.observer?.ended].filter',
      replace: '[signal].filter',
    },
    {
      name: 'Those who share work that failed are told nothing.',
      find: '    flight.throwIfFailed();\n',
      replace: '',
    },
  ],
);

const bell = changesOf(
  'core',
  'bell.ts',
  ['waiting'],
  [
    {
      name: 'A request that ended leaves its timer behind.',
      find: '    this.isOver = true;\n    this.ring();',
      replace: '    this.isOver = true;',
      tests: ['watching'],
    },
    {
      name: 'A ring wakes no one: each wait lasts as long as it may.',
      find: 'for (const wake of [...this.#wakers]) wake();',
      replace: '',
      tests: ['getting-a-token'],
    },
    {
      name: 'Work that never ends is shared for ever.',
      find: 'return this.remaining > 0;',
      replace: 'return !this.isOver;',
    },
    {
      name: 'Whoever waits for a bell is not woken by a signal.',
      find: 'const stops = signals.map((signal) => onAbort(signal, wake));',
      replace:
        'const stops: (() => void)[] = signals.slice(0, 0).map((signal) => onAbort(signal, wake));',
      tests: ['waiting-for-others'],
    },
    {
      name: 'Each wait leaves a listener behind at its signals.',
      find: '    for (const stop of stops) stop();\n',
      replace: '',
    },
    {
      name: 'Work that failed counts as work that went well.',
      find: '      this.#failure = { error };\n',
      replace: '      void error;\n',
    },
    {
      name: 'Work that is over counts as running until its time has passed.',
      find: 'return this.isOver ? 0 : this.#until',
      replace: 'return this.#until',
      tests: ['waiting', 'waiting-for-others', 'getting-a-token', 'people', 'pauses'],
    },
  ],
);

const onAbort = changesOf(
  'core',
  'on-abort.ts',
  ['waiting'],
  [
    {
      name: 'Abort listeners leak: one for each call that shares a signal.',
      find: "    heard.delete(signal);\n    signal.removeEventListener('abort', all);",
      replace: '',
    },
    {
      name: 'A signal has one listener for each call, of which a platform warns.',
      find: 'heard.get(signal) ?? listen(signal);',
      replace: 'listen(signal);',
    },
  ],
);

const semaphore = changesOf(
  'core',
  'semaphore.ts',
  ['semaphore'],
  [
    {
      name: 'More requests than allowed run at once.',
      find: 'if (this.#taken.size >= this.#places) return;',
      replace: '',
      tests: ['pool'],
    },
    {
      name: 'One who waits for a place waits past its patience.',
      find: 'if (ticket.release !== null || left <= 0 || !isWanted()) break;\n      await bell.wait(Math.max(1, Math.min(left, this.#nextLapse())));',
      replace:
        'if (ticket.release !== null || !isWanted()) break;\n      await bell.wait(Math.max(1, this.#nextLapse()));',
    },
    {
      name: 'The place of a request that never ends is never taken back.',
      find: 'if (place.until <= now) this.#taken.delete(place);',
      replace: ';',
    },
    {
      name: 'A place is given to one who has left.',
      find: 'if (ticket.isWanted()) ticket.release =',
      replace: 'ticket.release =',
      tests: ['waiting'],
    },
    {
      name: 'Those who wait in a pool are not woken when it is closed.',
      find: 'for (const ticket of this.#queue) ticket.ring();',
      replace: '',
    },
    {
      name: 'A place that was taken back and given back is handed out twice.',
      find: 'if (this.#taken.delete(place)) this.#handOn();',
      replace: 'this.#taken.delete(place);\n      this.#handOn();',
      unnoticed:
        'Whoever hands places on counts those that are taken, so that once more than needed does nothing.',
    },
  ],
);

const background = changesOf(
  'core',
  'session/background.ts',
  ['watching'],
  [
    {
      name: 'Unsubscribing leaves a timer and a watch behind.',
      find: '      leave();\n      stopWaking();',
      replace: '      stopWaking();',
    },
    {
      name: 'A page that was left still listens to the network and to the document.',
      find: '      leave();\n      stopWaking();',
      replace: '      leave();',
      tests: ['waking-up'],
    },
    {
      name: 'A subscriber shows what was there an hour ago: nothing is read when it comes.',
      find: '    this.#parts.recordWait.look();\n    void this.#run(this.#end);',
      replace: '    void this.#run(this.#end);',
    },
    {
      name: 'A token lapses without a word to those who listen.',
      find: 'const delay = Math.min(change, pause > 0 ? lookAt - clock.monotonic() : ahead);',
      replace: 'const delay = pause > 0 ? lookAt - clock.monotonic() : ahead;',
    },
    {
      name: 'A subscriber keeps the process alive.',
      find: 'news.wait(Math.max(delay, 1), [], false);',
      replace: 'news.wait(Math.max(delay, 1), [], true);',
    },
    {
      name: 'A store that was down is never asked again by those who listen.',
      find: 'if (pause > 0) this.#parts.recordWait.look();',
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'A store that is down is asked once a second by everyone who listens.',
      find: 'Math.min(Math.max(pause * 2, retry.first), retry.longest)',
      replace: 'retry.first',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A store that is down is asked less and less often without a bound.',
      find: 'Math.min(Math.max(pause * 2, retry.first), retry.longest)',
      replace: 'Math.max(pause * 2, retry.first)',
      tests: ['corners'],
    },
    {
      name: 'A session with autoRefresh ends it after one try that failed.',
      find: 'const ahead = Math.max(dueIn, this.#source.aheadPause());',
      replace: 'const ahead = this.#source.aheadPause() === 0 ? dueIn : Number.POSITIVE_INFINITY;',
      tests: ['offline'],
    },
    {
      name: 'A session that is listened to refreshes by timer although it was not told to.',
      find: 'const dueIn = autoRefresh ? refreshAheadAt(account.record, rules) - now : Number.POSITIVE_INFINITY;',
      replace: 'const dueIn = refreshAheadAt(account.record, rules) - now;',
    },
    {
      name: 'A machine that wakes up does not forget the pauses of before.',
      find: '      this.#source.forgetPauses();\n',
      replace: '',
    },
    {
      name: 'A machine that wakes up does not look at the record.',
      find: '      this.#source.forgetPauses();\n      this.#parts.recordWait.look();',
      replace: '      this.#source.forgetPauses();',
      tests: ['waking-up'],
    },
    {
      name: 'The end of a claim that came without a hint is not seen by those who listen.',
      find: 'if (clock.monotonic() - account.asOf > now - claim.until) this.#parts.recordWait.look();',
      replace: '',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A closed session begins to watch again.',
      find: 'if (this.isRunning || this.#parts.account.closed) return;',
      replace: 'if (this.isRunning) return;',
      tests: ['waiting-for-others'],
    },
  ],
);

const announcer = changesOf(
  'core',
  'session/announcer.ts',
  ['snapshots'],
  [
    {
      name: 'Listeners are called although nothing changed.',
      find: 'if (this.#snapshot === null || !sameSnapshot(next, this.#snapshot)) this.#snapshot = next;',
      replace: 'this.#snapshot = next;',
    },
    {
      name: 'A snapshot is not taken again for one who comes later.',
      find: 'if (this.#snapshot !== null && !this.#isStale) return',
      replace: 'if (this.#snapshot !== null) return',
      tests: ['corners'],
    },
    {
      name: 'A snapshot can be changed by whoever gets it.',
      find: 'return Object.freeze(takeSnapshot(',
      replace: 'return Object.assign(takeSnapshot(',
      tests: ['watching'],
    },
    {
      name: 'An error shows for ever, though all goes well again.',
      find: '  recovered(): void {\n    this.#error = null;',
      replace: '  recovered(): void {',
    },
    {
      name: 'A store that is back still shows as down.',
      find: 'if (!this.isStoreDown || !this.#account.saved) return;',
      replace: 'return;',
    },
    {
      name: 'A store that can be read shows as well, though a pair is still unsaved.',
      find: 'if (!this.isStoreDown || !this.#account.saved) return;',
      replace: 'if (!this.isStoreDown) return;',
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
      find: 'shared.listeners?.emit(event, name);',
      replace: '',
      tests: ['pool'],
    },
    {
      name: 'The events of a session are not in its report.',
      find: 'shared.history.add({ at: clock.now(), account: name, event });',
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
    },
    {
      name: 'The newest events are dropped from the history, not the oldest.',
      find: 'this.#entries.slice(-kept.inAll)',
      replace: 'this.#entries.slice(0, kept.inAll)',
    },
    {
      name: 'A report shows the events of other accounts.',
      find: 'this.#entries.filter((entry) => entry.account === account)',
      replace: 'this.#entries',
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
      find: 'this.#handOutUntil = Math.min(until, this.#settledAt + this.#recheckAfter);',
      replace: 'this.#handOutUntil = until;',
      unnoticed:
        'The monotonic clock bounds the same belief, and a wall clock behind the time of the last look ends it.',
    },
    {
      name: 'A wall clock that was set back keeps a token alive.',
      find: 'now < this.#handOutUntil && now >= this.#settledAt && clock',
      replace: 'now < this.#handOutUntil && clock',
      tests: ['clock-set-back'],
      unnoticed:
        'The monotonic clock ends the same belief after half a minute at most, and a token that is handed out lives longer than that.',
    },
    {
      name: 'A closed session still has a token.',
      find: 'const isServed = !this.closed && this.fault === null;',
      replace: 'const isServed = this.fault === null;',
      tests: ['watching'],
    },
    {
      name: 'A record that cannot be read is served as if it could.',
      find: 'const isServed = !this.closed && this.fault === null;',
      replace: 'const isServed = !this.closed;',
      unnoticed: 'Such a record has no pair, so there is nothing that could be handed out.',
    },
    {
      name: 'Each call for a valid token makes a new promise.',
      find: 'if (token !== (this.#pair?.accessToken ?? null)) this.#handedOut',
      replace: 'this.#handedOut',
      unnoticed:
        'Only twice a minute, when the times are settled again, would there be another promise of the same token.',
    },
    {
      name: 'A token that has lapsed is given to those who ask without waiting.',
      find: 'return lives && accessToken !== null ? accessToken : undefined;',
      replace: 'return accessToken ?? undefined;',
      tests: ['getting-a-token'],
    },
    {
      name: 'What is given to those who ask without waiting is judged by the wall clock alone.',
      find: 'const lives = this.environment.clock.now() < this.#toLocal(expiresAt);',
      replace: 'const lives = this.environment.clock.now() < expiresAt;',
      tests: ['clock-set-back'],
    },
  ],
);

const activity = changesOf(
  'core',
  'session/activity.ts',
  ['pool'],
  [
    {
      name: 'A waiter is not woken by close().',
      find: "this.#end.abort(explain('closed'));",
      replace: '',
      tests: ['callbacks'],
    },
    {
      name: 'A closed session leaves its timers and watches behind.',
      find: '    this.background.end();\n',
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'A pair that was there when a session began is reported as a sign-in.',
      find: 'const events = wasLoaded ? eventsOfChange',
      replace: 'const events = true ? eventsOfChange',
    },
    {
      name: 'A pool forgets a session that has an unsaved pair.',
      find: 'this.background.isRunning || !this.account.saved',
      replace: 'this.background.isRunning',
      unnoticed: 'While a pair is unsaved the attempts to save it keep the session busy.',
    },
    {
      name: 'A pool forgets a session that someone waits for.',
      find: 'const isWorking = this.calls > 0 || this.source',
      replace: 'const isWorking = this.source',
    },
  ],
);

const session = changesOf(
  'core',
  'session/session.ts',
  ['unbound'],
  [
    {
      name: 'An idle account keeps all of its machinery.',
      find: 'if (activity.isIdle && this.#activity === activity) this.#account.observer = this.#activity = null;',
      replace: '',
      tests: ['idle-accounts'],
    },
    {
      name: 'A session that is closed asks its store on.',
      find: '    this.#account.ended = true;\n',
      replace: '',
      tests: ['shared-record'],
    },
    {
      name: 'Unsubscribing ends autoRefresh.',
      find: 'if (!announcer.isRendered && !this.#account.environment.autoRefresh) background.end();',
      replace: 'if (!announcer.isRendered) background.end();',
      tests: ['watching'],
    },
    {
      name: 'One of two listeners that stops ends the watch of the other.',
      find: 'if (!announcer.isRendered && !this.#account.environment.autoRefresh) background.end();',
      replace: 'if (!this.#account.environment.autoRefresh) background.end();',
      tests: ['waiting-for-others'],
    },
    {
      name: 'A session with autoRefresh does nothing until someone asks.',
      find: 'if (settings.autoRefresh) this.#active.background.start();',
      replace: '',
      tests: ['corners'],
    },
    {
      name: 'A caller with a demand of its own gets any token.',
      find: 'const valid = options === undefined || wantsAnyToken(options) ? this.#account.valid() : null;',
      replace: 'const valid = this.#account.valid();',
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
      find: 'this.#ready ??= this.#load();',
      replace: 'this.#ready = this.#load();',
      tests: ['store-trouble'],
    },
    {
      name: 'After a sign-in by hand the pauses of before go on.',
      find: '      source.forgetPauses();\n',
      replace: '',
      tests: ['pauses'],
    },
    {
      name: 'A closed session lets people sign out.',
      find: "  async signOut(): Promise<void> {\n    if (this.#account.closed) throw explain('closed');",
      replace: '  async signOut(): Promise<void> {',
      tests: ['watching', 'getting-a-token', 'pauses', 'people', 'store-trouble', 'unbound'],
      unnoticed: 'The look at the record, which comes first, refuses it as well.',
    },
    {
      name: 'The URL of the API can be changed by whoever reads it.',
      find: 'return new URL(itself(this).#account.environment.endpoint.apiBase);',
      replace: 'return itself(this).#account.environment.endpoint.apiBase;',
      tests: ['fetch'],
    },
    {
      name: 'A member is another function each time it is taken.',
      find: 'this.#bound[name] ??= member.bind(this);',
      replace: 'this.#bound[name] = member.bind(this);',
    },
    {
      name: 'A member that is taken from its session does not know it any more.',
      find: 'this.#bound[name] ??= member.bind(this);',
      replace: 'this.#bound[name] ??= member;',
    },
    {
      name: 'A session does not work through a proxy of a framework.',
      find: '(session as Record<symbol, ActOnSession>)[self] as ActOnSession;',
      replace: 'session as ActOnSession;',
    },
    {
      name: 'A framework makes a proxy of a session.',
      find: "  Object.defineProperty(prototype, Symbol.toStringTag, { value: 'Session' });\n",
      replace: '',
    },
  ],
);

const wake = changesOf(
  'core',
  'session/wake.ts',
  ['waking-up'],
  [
    {
      name: 'A device that is offline sends all the same.',
      find: 'return onLine === false && !isOnThisMachine(apiBase);',
      replace: 'return false;',
      tests: ['offline'],
    },
    {
      name: 'An Act-On on this machine counts as out of reach when the device is offline.',
      find: 'return onLine === false && !isOnThisMachine(apiBase);',
      replace: 'return onLine === false;',
      tests: ['offline'],
    },
    {
      name: 'A page that is shown again does not look.',
      find: "listen(target.document, 'visibilitychange', visible),",
      replace: '',
    },
    {
      name: 'A page that is hidden looks.',
      find: "if (target.document?.visibilityState === 'visible') wake();",
      replace: 'wake();',
    },
    {
      name: 'A page that thaws does not look.',
      find: "listen(target.document, 'resume', wake),",
      replace: '',
    },
    {
      name: 'A device that comes online does not look.',
      find: "listen(target, 'online', wake),",
      replace: '',
      tests: ['watching'],
    },
  ],
);

const snapshot = changesOf(
  'core',
  'session/snapshot.ts',
  ['snapshots'],
  [
    {
      name: 'An account that is not known yet asks for a sign-in.',
      find: '(local.loaded && (!canRefresh(record) || stopped || isUnknownOver(record, now, rules)))',
      replace: '(!canRefresh(record) || stopped || isUnknownOver(record, now, rules))',
      tests: ['watching'],
    },
    {
      name: 'A session that is told to stop after a lost answer does not ask for a sign-in.',
      find: '(!canRefresh(record) || stopped || isUnknownOver(record, now, rules))',
      replace: '(!canRefresh(record) || isUnknownOver(record, now, rules))',
    },
    {
      name: 'An account whose outcome stays unknown for ever does not ask for a sign-in.',
      find: '(!canRefresh(record) || stopped || isUnknownOver(record, now, rules))',
      replace: '(!canRefresh(record) || stopped)',
    },
    {
      name: 'A sign-in elsewhere does not show.',
      find: "local.signingIn || (claim !== null && claim.purpose === 'grant' && claim.until > now)",
      replace: 'local.signingIn',
    },
    {
      name: 'A sign-in elsewhere shows long after it has ended.',
      find: "claim.purpose === 'grant' && claim.until > now)",
      replace: "claim.purpose === 'grant')",
    },
    {
      name: 'A refresh token that nears 30 unused days is warned of too late.',
      find: 'record.pair.issuedAt + endOfUnknown.age * 0.9',
      replace: 'record.pair.issuedAt + endOfUnknown.age * 1.1',
      tests: ['watching'],
    },
    {
      name: 'The moment at which a grant is possible again passes without a word.',
      find: 'const freed = grants.map((at) => at + rules.window + rules.lease);',
      replace: 'const freed: number[] = grants.slice(0, 0);',
    },
    {
      name: 'The end of a claim passes without a word.',
      find: 'claim?.until ?? 0, ',
      replace: '',
      tests: ['waiting-for-others'],
    },
  ],
);

const deriveEvents = changesOf(
  'core',
  'session/derive-events.ts',
  ['corners'],
  [
    {
      name: 'A sign-out elsewhere is not reported.',
      find: "if (isNews && pair === null) events.push({ type: 'signed_out' });",
      replace: 'if (isNews && pair === null) {}',
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
    },
  ],
);

const describe = changesOf(
  'core',
  'session/describe.ts',
  ['watching'],
  [
    {
      name: 'A report for a bug shows the access token.',
      find: 'accessToken: blank(pair.accessToken), ',
      replace: '',
    },
    {
      name: 'A report for a bug shows the refresh token.',
      find: ', refreshToken: blank(pair.refreshToken) }',
      replace: ' }',
    },
  ],
);

const events = changesOf(
  'core',
  'session/events.ts',
  ['watching'],
  [
    {
      name: 'A listener that throws harms the others and the session.',
      find: "        console.error('act-on-token: a listener threw.', error);",
      replace: '        throw error;',
    },
    {
      name: 'A function that listens twice and stops once hears nothing.',
      find: 'const own = (...argument: Argument): void => listener(...argument);',
      replace: 'const own = listener;',
      tests: ['snapshots'],
    },
  ],
);

const credentials = changesOf(
  'core',
  'session/credentials.ts',
  ['callbacks'],
  [
    {
      name: 'Credentials that never come are waited for for ever.',
      find: '.until(asked, longestAnswer)))',
      replace: '.until(asked, Number.POSITIVE_INFINITY)))',
    },
    {
      name: 'Credentials that are not a user name and a password are sent.',
      find: '    checkGrant(grant);\n',
      replace: '',
    },
  ],
);

const bearerFetch = changesOf(
  'core',
  'wire/bearer-fetch.ts',
  ['fetch'],
  [
    {
      name: 'The access token is sent to any host.',
      find: '  checkOrigin(url, source.apiBase);\n',
      replace: '',
    },
    {
      name: 'The access token is sent along with a redirect to another host.',
      find: '  if (!isThere(target, apiBase)) return null;\n',
      replace: '',
    },
    {
      name: 'The access token is sent to a URL with a user name of its own.',
      find: "return origin === apiBase.origin && username === '' && password === '';",
      replace: 'return origin === apiBase.origin;',
    },
    {
      name: 'A request that is refused is sent again and again.',
      find: 'if (response.status === 401 && !isSecond) {',
      replace: 'if (response.status === 401) {',
    },
    {
      name: 'A 401 is handed over without another try.',
      find: 'if (response.status === 401 && !isSecond) {',
      replace: 'if (false) {',
    },
    {
      name: 'A stream that was used up is sent again, empty.',
      find: 'if (!canBeSentAgain(init.body)) {',
      replace: 'if (false) {',
    },
    {
      name: 'Every stream gets a 401 for ever: nothing replaces the token.',
      find: 'const work = source.getAccessToken({ ...background, rejected: token }).catch(() => {});',
      replace: 'const work = Promise.resolve();',
    },
    {
      name: 'A young token that is refused has its request sent twice.',
      find: 'if (fresh === token) return response;',
      replace: '',
    },
    {
      name: 'Redirects are followed for ever.',
      find: "redirect === 'follow' && redirects < mostRedirects",
      replace: "redirect === 'follow'",
    },
    {
      name: 'A redirect is followed for a caller who asked for none.',
      find: "redirect === 'follow' && redirects < mostRedirects",
      replace: 'redirects < mostRedirects',
    },
    {
      name: 'A form that is redirected is sent as a form once more, where fetch sends a GET.',
      find: "status < 303 && method === 'POST'",
      replace: 'false',
    },
    {
      name: "A caller's signal ends nothing.",
      find: 'const signal = given.signal ?? request?.signal;',
      replace: 'const signal = undefined as AbortSignal | undefined;',
    },
    {
      name: 'A GET after a redirect names the type of a body that it does not have.',
      find: "for (const name of [...kept.keys()]) if (name.startsWith('content-')) kept.delete(name);",
      replace: '',
    },
    {
      name: 'The body of a 401 stays open.',
      find: '      token = fresh;\n      discard(response);',
      replace: '      token = fresh;',
    },
  ],
);

export const sessions: readonly Change[] = [
  ...cachedRecord,
  ...commit,
  ...tokenRequest,
  ...tokenSource,
  ...backOff,
  ...signIn,
  ...recordWait,
  ...wait,
  ...bell,
  ...onAbort,
  ...semaphore,
  ...background,
  ...announcer,
  ...history,
  ...account,
  ...activity,
  ...session,
  ...wake,
  ...snapshot,
  ...deriveEvents,
  ...describe,
  ...events,
  ...credentials,
  ...bearerFetch,
];
