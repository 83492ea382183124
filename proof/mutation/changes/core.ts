import { type Change, changesOf } from './change.ts';

const timedStore = changesOf(
  'core',
  'timed-store.ts',
  ['timed-store', 'store-clock', 'store-trouble'],
  [
    {
      name: 'A store call that hangs is waited for ten times as long.',
      find: 'const deadline = 3_000;',
      replace: 'const deadline = 30_000;',
    },
    {
      name: 'A store call without an answer is not made a second time.',
      find: 'const attempts = 2;',
      replace: 'const attempts = 1;',
    },
    {
      name: 'A store call without an answer is made three times.',
      find: 'const attempts = 2;',
      replace: 'const attempts = 3;',
    },
    {
      name: 'The time that passes after an answer of the store does not count: its clock stands still between answers.',
      find: 'this.#clock.now() : this.#base.said + this.age();',
      replace: 'this.#clock.now() : this.#base.said;',
    },
    {
      name: 'Before the first answer the time of the store is not a number.',
      find: 'return this.#base === null ? this.#clock.now() : this.#base.said + this.age();',
      replace: 'return (this.#base?.said ?? Number.NaN) + this.age();',
    },
    {
      name: 'The time in the last answer is taken from the answer before it when the process was suspended.',
      find: `    this.#lastSaid = said;
    if (!wasSuspended || this.#base === null) this.#base = { said, ...began };`,
      replace: `    if (wasSuspended && this.#base !== null) return;
    this.#lastSaid = said;
    this.#base = { said, ...began };`,
    },
    {
      name: 'An answer that came while the process was suspended is believed to be new, although an older one is known.',
      find: 'if (!wasSuspended || this.#base === null) this.#base',
      replace: 'if (began !== null) this.#base',
    },
    {
      name: 'The very first answer is not believed if the process was suspended.',
      find: 'if (!wasSuspended || this.#base === null) this.#base',
      replace: 'if (!wasSuspended) this.#base',
    },
    {
      name: 'Time that a laptop slept does not age an answer: only the monotonic clock counts.',
      find: 'return Math.max(clock.monotonic() - monotonic, clock.now() - wall);',
      replace: 'return clock.monotonic() - monotonic;',
    },
    {
      name: 'A wall clock that is set back makes an answer younger: only the wall clock counts.',
      find: 'return Math.max(clock.monotonic() - monotonic, clock.now() - wall);',
      replace: 'return clock.now() - wall;',
    },
    {
      name: "A machine's clock is believed for ever: nothing is allowed for its drift.",
      find: 'return this.#base === null ? 0 : this.age() / 1_000;',
      replace: 'return 0;',
    },
    {
      name: 'A time of the store is shown as it is, though the clock of this machine is off.',
      find: 'return Math.round(at - this.now() + this.#clock.now());',
      replace: 'return at;',
    },
    {
      name: 'A store without any answer counts as one that has just answered.',
      find: 'Number.POSITIVE_INFINITY : since(this.#clock, this.#base)',
      replace: '0 : since(this.#clock, this.#base)',
    },
    {
      name: 'A store is asked a second time for a session that has been closed meanwhile.',
      find: 'if (left <= 1 || asker.ended) throw unavailable(error);',
      replace: 'if (left <= 1) throw unavailable(error);',
    },
    {
      name: 'A store that refuses a swap of the very version that it holds is believed.',
      find: 'if (ok !== true && (record?.version ?? null) === expected)',
      replace: 'if (false)',
    },
    {
      name: 'A store that refuses the first swap of an account that it has no record of is believed.',
      find: 'if (ok !== true && (record?.version ?? null) === expected)',
      replace: 'if (ok !== true && record !== null && record.version === expected)',
    },
    {
      name: 'A store whose swap says neither yes nor no is believed to have said no.',
      find: 'if (ok !== true && (record?.version ?? null) === expected)',
      replace: 'if (ok === false && (record?.version ?? null) === expected)',
    },
    {
      name: 'A store whose watch() throws takes the session down with it.',
      find: 'try {\n      return this.#store.watch(key, onChange);\n    } catch {\n      return () => {}; // A hint: waiters poll anyway.\n    }',
      replace: 'return this.#store.watch(key, onChange);',
    },
    {
      name: 'A read that took longer than its time because the process was suspended is believed.',
      find: 'if (wasSuspended && (result as Partial<SwapResult>).ok !== true)',
      replace: 'if (false)',
    },
    {
      name: 'A swap that won while the process was suspended counts as not made.',
      find: 'if (wasSuspended && (result as Partial<SwapResult>).ok !== true)',
      replace: 'if (wasSuspended)',
    },
    {
      name: 'The nodes of a cluster share one clock.',
      find: 'const time = result.clock === undefined ? this.time : this.#timeOf(result.clock);',
      replace: 'const time = this.time;',
    },
    {
      name: 'A node of a cluster has a new clock with each answer: what is known of the old one is forgotten.',
      find: 'this.#nodes.get(node) ?? new StoreTime(this.#clock)',
      replace: 'new StoreTime(this.#clock)',
    },
    {
      name: 'The clocks of nodes that are gone are kept for ever.',
      find: 'if (this.#nodes.size >= 1_000) this.#nodes.clear();',
      replace: '',
      tests: ['timed-store'],
    },
    {
      name: 'A program may end while it waits for its store, and lose what it was about to save.',
      find: 'const timer = startTimer(this.#clock, deadline, true);',
      replace: 'const timer = startTimer(this.#clock, deadline, false);',
    },
    {
      name: 'Each store call leaves a timer behind that keeps the process alive for three seconds.',
      find: `        timer.cancel();
`,
      replace: '',
    },
    {
      name: 'A store whose answer has no time is believed.',
      find: 'if (!Number.isFinite(now)) throw',
      replace: 'if (false) throw',
    },
    {
      name: 'A store whose answer has a text for a time is believed.',
      find: 'if (!Number.isFinite(now)) throw',
      replace: 'if (Number.isNaN(Number(now))) throw',
    },
    {
      name: 'A record without a version is believed.',
      find: "typeof record.version !== 'string' || typeof record.value !== 'string'",
      replace: "typeof record.value !== 'string'",
    },
    {
      name: 'A record without a value is believed.',
      find: "typeof record.version !== 'string' || typeof record.value !== 'string'",
      replace: "typeof record.version !== 'string'",
    },
    {
      name: 'What a client library wrote into its error, a record perhaps, is shown to the user.',
      find: 'error instanceof BrokenContract ? error.message : words',
      replace: 'error instanceof Error ? error.message : words',
    },
    {
      name: 'A name or code with anything in it, a secret perhaps, is shown to the user.',
      find: "typeof word === 'string' && /^[\\w-]{1,40}$/.test(word)",
      replace: "typeof word === 'string'",
    },
    {
      name: "A store's own sentence about what failed is replaced by a general one.",
      find: "if (isActOnTokenError(error, 'store_unavailable')) return error;",
      replace: '',
    },
    {
      name: 'Sessions that share a store do not share what they know of its clock.',
      find: 'const timed = byClock.get(clock) ?? new TimedStore(store, clock);',
      replace: 'const timed = new TimedStore(store, clock);',
    },
  ],
);

const pool = changesOf(
  'core',
  'pool.ts',
  ['pool'],
  [
    {
      name: 'Closing a pool forgets the sessions that were not asked for lately: they go on.',
      find: 'const sessions = [...this.#fresh.values(), ...this.#aging.values()];',
      replace: 'const sessions = [...this.#fresh.values()];',
    },
    {
      name: 'Closing a pool forgets the sessions that were asked for lately: they go on.',
      find: 'const sessions = [...this.#fresh.values(), ...this.#aging.values()];',
      replace: 'const sessions = [...this.#aging.values()];',
    },
    {
      name: 'Closing a pool does not end what goes on in a session that the pool had forgotten.',
      find: '[...sessions, ...shared.busy].map',
      replace: 'sessions.map',
    },
    {
      name: 'Closing a pool does not wait for commits in flight.',
      find: 'await Promise.all([...sessions, ...shared.busy].map((each) => each.close()));',
      replace: 'for (const each of [...sessions, ...shared.busy]) void each.close();',
    },
    {
      name: 'A closed pool still hands out sessions.',
      find: "if (this.#environment.shared.closed) throw explain('closed');",
      replace: '',
    },
    {
      name: 'A closed pool leaves its timer behind.',
      find: '    if (this.#sweep !== null) this.#environment.clock.clearTimeout(this.#sweep);\n    const sessions',
      replace: '    const sessions',
    },
    {
      name: 'A closed pool keeps its sessions in memory.',
      find: '    this.#fresh.clear();\n    this.#aging.clear();',
      replace: '',
    },
    {
      name: 'A session that is asked for again is another one: its listeners hear nothing.',
      find: 'this.#aging.get(account) ?? this.#open(account)',
      replace: 'this.#open(account)',
    },
    {
      name: 'A session that is at work or listened to is forgotten.',
      find: 'if (!ActOnSession.isIdle(session)) this.#aging.set(account, session);',
      replace: '',
    },
    {
      name: 'No session is ever forgotten.',
      find: 'if (!ActOnSession.isIdle(session)) this.#aging.set(account, session);',
      replace: 'this.#aging.set(account, session);',
    },
    {
      name: 'A session is forgotten at the first sweep, though it was asked for a moment ago.',
      find: '    const leftOver = this.#aging;\n    this.#aging = this.#fresh;',
      replace:
        '    const leftOver = new Map([...this.#aging, ...this.#fresh]);\n    this.#aging = new Map();',
    },
    {
      name: 'Only the first sweep takes place: sessions of later on are never forgotten.',
      find: 'if (this.size > 0) this.#sweepLater();',
      replace: '',
    },
    {
      name: 'A pool without sessions keeps a timer for ever.',
      find: 'if (this.size > 0) this.#sweepLater();',
      replace: 'this.#sweepLater();',
    },
    {
      name: 'Each call to get() sets one more timer.',
      find: 'if (this.#sweep !== null || this.#environment.autoRefresh) return;',
      replace: 'if (this.#environment.autoRefresh) return;',
    },
    {
      name: 'A pool with autoRefresh looks for idle sessions, of which it has none.',
      find: 'if (this.#sweep !== null || this.#environment.autoRefresh) return;',
      replace: 'if (this.#sweep !== null) return;',
      unnoticed:
        'A session with autoRefresh is never idle, so the condition saves one timer and nothing more.',
    },
    {
      name: 'A pool of idle sessions keeps the process alive.',
      find: 'this.#sweep = clock.setTimeout(() => this.#forgetIdle(), this.#idleAfter, false);',
      replace: 'this.#sweep = clock.setTimeout(() => this.#forgetIdle(), this.#idleAfter, true);',
    },
    {
      name: 'In a Worker, where timers end with the request, no session is ever forgotten.',
      find: 'if (this.#environment.clock.monotonic() > this.#sweptBy) this.#forgetIdle();',
      replace: '',
    },
    {
      name: 'All accounts of a pool sign in with the credentials that were asked for without a name.',
      find: 'credentials && (() => credentials(account))',
      replace: 'credentials as never',
    },
    {
      name: 'The second listener of a pool takes the place of the first.',
      find: 'shared.listeners ??= new Listeners();',
      replace: 'shared.listeners = new Listeners();',
    },
    {
      name: 'A pool without maxConcurrent exchanges a thousand tokens at once.',
      find: 'maxConcurrent: [[1, 10_000, true], 50],',
      replace: 'maxConcurrent: [[1, 10_000, true], 1_000],',
    },
    {
      name: 'A pool without idleAfter forgets an idle session after a minute or two.',
      find: 'idleAfter: [[1, aDay], 600_000],',
      replace: 'idleAfter: [[1, aDay], 60_000],',
    },
  ],
);

const forwardClock = changesOf(
  'core',
  'forward-clock.ts',
  ['forward-clock'],
  [
    {
      name: "The clock of a store goes back with its machine's.",
      find: 'latest = Math.max(wall, ...later);',
      replace: 'latest = wall;',
    },
    {
      name: "The clock of a store stands still for a day after its machine's was a day ahead once.",
      find: 'at > wall && at - wall <= patience',
      replace: 'at > wall',
    },
    {
      name: 'The clock of a store does not know what another process has written.',
      find: '[latest, recorded].filter',
      replace: '[latest].filter',
    },
  ],
);

const pollingWatch = changesOf(
  'core',
  'polling-watch.ts',
  ['polling-watch'],
  [
    {
      name: 'A watch without an interval looks ten times a second.',
      find: 'interval: [[1, aDay], 1_000]',
      replace: 'interval: [[1, aDay], 100]',
    },
    {
      name: 'A look that hangs is waited for ten times as long.',
      find: 'const deadline = 3_000;',
      replace: 'const deadline = 30_000;',
    },
    {
      name: 'The first look calls back although nothing changed.',
      find: 'if (seen !== undefined && version !== seen)',
      replace: 'if (version !== seen)',
    },
    {
      name: 'Each look calls back, changed or not.',
      find: 'if (seen !== undefined && version !== seen)',
      replace: 'if (seen !== undefined)',
    },
    {
      name: 'A record that goes is not seen.',
      find: '(await read()).record?.version ?? null',
      replace: '(await read()).record?.version ?? seen',
    },
    {
      name: 'A listener that throws ends the watch.',
      find: 'queueMicrotask(() => isStopped || onChange());',
      replace: 'onChange();',
    },
    {
      name: 'A watch that was stopped between a look and its call calls back.',
      find: 'queueMicrotask(() => isStopped || onChange());',
      replace: 'queueMicrotask(onChange);',
    },
    {
      name: 'A look that fails counts as a change.',
      find: 'versionNow().catch(() => seen)',
      replace: 'versionNow().catch(() => null)',
    },
    {
      name: 'A look that fails ends the watch.',
      find: 'versionNow().catch(() => seen)',
      replace: 'versionNow()',
    },
    {
      name: 'A watch that was stopped within a look goes on.',
      find: 'if (isStopped) return;',
      replace: '',
    },
    {
      name: 'Looks that hang are not spaced out: they pile up.',
      find: 'interval * 2 ** late',
      replace: 'interval',
    },
    {
      name: 'Looks stay slow after one that hung has ended.',
      find: 'if (isLate) late -= 1;',
      replace: 'if (isLate) late -= 0;',
    },
    {
      name: 'The late answer of a look that was given up counts.',
      find: 'if (isLate) late -= 1;\n    else {',
      replace: 'if (isLate) late -= 1;\n    {',
    },
    {
      name: 'A late answer begins one more look next to the one under way.',
      find: 'if (!(isLate && isLooking)) rest();',
      replace: 'rest();',
    },
    {
      name: 'A watch keeps the process alive between looks.',
      find: 'timer = clock.setTimeout(look, interval * 2 ** late, false);',
      replace: 'timer = clock.setTimeout(look, interval * 2 ** late, true);',
    },
    {
      name: 'A watch keeps the process alive while a look hangs.',
      find: '      deadline,\n      false,',
      replace: '      deadline,\n      true,',
    },
    {
      name: 'A watch that was stopped leaves its timer behind.',
      find: '    isStopped = true;\n    clock.clearTimeout(timer);',
      replace: '    isStopped = true;',
    },
    {
      name: 'The first look waits for the interval, so a change in the first second is not seen.',
      find: 'void look();',
      replace: 'rest();',
    },
    {
      name: 'A wrong callback is found out at the first change only.',
      find: "checkOption('onChange', ['function', null], onChange);",
      replace: '',
    },
  ],
);

const sealedStore = changesOf(
  'core',
  'sealed-store.ts',
  ['sealed-store'],
  [
    {
      name: 'A key of any length is taken.',
      find: 'bytes.length === 32 &&',
      replace: '',
    },
    {
      name: 'A password in place of a key is taken.',
      find: 'new Set(bytes).size > 16 &&',
      replace: '',
    },
    {
      name: 'A key that counts up, byte by byte, is taken.',
      find: 'new Set(bytes.map((byte: number, at: number) => byte - bytes[at - 1])).size > 16',
      replace: 'true',
    },
    {
      name: 'Random keys are refused now and then.',
      find: 'new Set(bytes).size > 16 &&',
      replace: 'new Set(bytes).size > 29 &&',
    },
    {
      name: 'A sealed value can be moved to another account.',
      find: 'JSON.stringify([format, key, version])',
      replace: 'JSON.stringify([format, version])',
    },
    {
      name: 'A sealed value can be put back under a newer version.',
      find: 'JSON.stringify([format, key, version])',
      replace: 'JSON.stringify([format, key])',
    },
    {
      name: 'An account and a version that look alike when joined share their seal.',
      find: 'JSON.stringify([format, key, version])',
      replace: '`${format}${key}${version}`',
    },
    {
      name: 'Every value is sealed with the same iv, which gives the key away.',
      find: 'const iv = crypto.getRandomValues(new Uint8Array(ivBytes));',
      replace: 'const iv = new Uint8Array(ivBytes);',
    },
    {
      name: 'A record that was never sealed comes out, and a forger with it.',
      find: 'if (bytes === null || bytes.length < ivBytes + tagBytes) return `${format}.not_sealed`;',
      replace: 'if (bytes === null || bytes.length < ivBytes + tagBytes) return value;',
    },
    {
      name: 'A value that was changed in the store fails the call instead of being named.',
      find: 'return `${format}.not_authentic`;',
      replace: 'throw error;',
    },
    {
      name: 'A failure of WebCrypto calls the record damaged.',
      find: "if ((error as { name?: unknown } | null)?.name !== 'OperationError') throw error;",
      replace: '',
    },
    {
      name: 'A previous key no longer opens what it sealed.',
      find: 'new Map([...older, newest]',
      replace: 'new Map([newest]',
    },
    {
      name: 'After a change of keys the old one goes on sealing.',
      find: 'return { current: newest, byId',
      replace: 'return { current: older[0] ?? newest, byId',
    },
    {
      name: 'A failure to import the keys is kept for ever.',
      find: '      ring = null;\n      throw error;',
      replace: '      throw error;',
    },
    {
      name: 'The keys are imported with every call.',
      find: 'ring ??= importAll',
      replace: 'ring = importAll',
    },
    {
      name: 'A key can be wiped by its owner before it was used, and everything is sealed with zeros.',
      find: 'const current = Uint8Array.from(checked.current);',
      replace: 'const current = checked.current as Uint8Array<ArrayBuffer>;',
    },
    {
      name: 'The bytes of the keys stay in memory.',
      find: 'for (const bytes of [current, ...previous]) bytes.fill(0);',
      replace: '',
    },
    {
      name: 'A key can be exported by any code that gets hold of it.',
      find: "'AES-GCM', false, ['encrypt', 'decrypt']",
      replace: "'AES-GCM', true, ['encrypt', 'decrypt']",
    },
    {
      name: 'The name of a key in the store is the beginning of the key.',
      find: 'toBase64url(new Uint8Array(digest, 0, 8))',
      replace: 'toBase64url(bytes.slice(0, 8))',
    },
    {
      name: 'A swap that is lost hands out what the store within holds.',
      find: ': await opened(key, record) };\n    },',
      replace: ': record };\n    },',
    },
    {
      name: 'A swap that won is opened again, and fails if another handle sealed it with a key unknown here.',
      find: 'record?.version === version ? { version, value } : await opened(key, record)',
      replace: 'await opened(key, record)',
    },
    {
      name: 'The store within is not told that an account is signed out.',
      find: 'const sealed = { ...next, value:',
      replace: 'const sealed = { version: next.version, value:',
    },
    {
      name: 'A value with a byte order mark loses it.',
      find: "new TextDecoder('utf-8', { ignoreBOM: true })",
      replace: "new TextDecoder('utf-8')",
    },
    {
      name: 'One sealed value has many texts that open.',
      find: 'return toBase64url(bytes) === text ? bytes : null;',
      replace: 'return bytes;',
    },
    {
      name: 'A text that is not base64url at all makes every call throw.',
      find: 'if (text.length % 4 === 1) return null;',
      replace: '',
    },
    {
      name: 'A large record cannot be sealed: too many arguments.',
      find: 'at += 8_192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));',
      replace: 'at += bytes.length) parts.push(String.fromCharCode(...bytes));',
    },
    {
      name: 'A page without WebCrypto learns it at its first call, not at once.',
      find: 'if (globalThis.crypto?.subtle === undefined) throw misconfigured',
      replace: 'if (false) throw misconfigured',
    },
  ],
);

const record = changesOf(
  'core',
  'record.ts',
  ['record'],
  [
    {
      name: 'A record of a newer version of the library is read as if it were understood.',
      find: 'found.schema > 1',
      replace: 'found.schema > 2',
    },
    {
      name: 'A record with a malformed field steers the session.',
      find: 'if (wrong !== null) throw corrupt(`its field "${wrong}" is missing or malformed`);',
      replace: '',
    },
    {
      name: 'A record that cannot be read is quoted in the error, tokens and all.',
      find: "if (found === null) throw corrupt('it is not a JSON object');",
      replace: 'if (found === null) throw corrupt(value);',
    },
    {
      name: 'A token that has just lapsed is still said to live.',
      find: 'pair.expiresAt > now;\n}',
      replace: 'pair.expiresAt >= now;\n}',
    },
    {
      name: 'An account is said to be refreshing long after the claim has ended.',
      find: "claim.purpose !== 'grant' && claim.until > now)",
      replace: "claim.purpose !== 'grant')",
    },
    {
      name: 'An account that signs in is said to be refreshing.',
      find: "claim.purpose !== 'grant' && claim.until > now)",
      replace: 'claim.until > now)',
    },
    {
      name: 'A claim in a record that was tampered with excludes all others for years.',
      find: 'Math.min(claim.until, claim.at + longest.lease, now + longest.lease)',
      replace: 'claim.until',
    },
    {
      name: 'A claim of the future paces the next request: never.',
      find: 'at: isFuture(claim.at, now) ? 0 : claim.at,',
      replace: '',
    },
    {
      name: 'A token in a record that was tampered with lives for years.',
      find: 'expiresAt: Math.min(pair.expiresAt, latest)',
      replace: 'expiresAt: pair.expiresAt',
    },
    {
      name: 'A token of the future is handed out.',
      find: 'const latest = isFuture(pair.issuedAt, now) ? now : pair.issuedAt + longest.lifetime;',
      replace: 'const latest = pair.issuedAt + longest.lifetime;',
    },
    {
      name: 'A block in a record that was tampered with lasts for years.',
      find: 'return Math.min(until, now + longest.block);',
      replace: 'return until;',
    },
    {
      name: 'A block of the future is cut to an hour by each process that starts, so it never ends.',
      find: 'if (until === null || isFuture(until, now + longest.block)) return null;',
      replace: 'if (until === null) return null;',
    },
    {
      name: 'Grants of the near future are forgotten when the clock of the store goes back: the budget is spent twice.',
      find: 'times.filter((time) => !isFuture(time, now + longest.block))',
      replace: 'times.filter((time) => !isFuture(time, now))',
    },
    {
      name: 'Grants of the far future use up the budget for ever.',
      find: 'times.filter((time) => !isFuture(time, now + longest.block))',
      replace: 'times.filter(() => true)',
    },
    {
      name: 'Of more than a hundred grants the oldest are kept.',
      find: '.slice(-longest.kept)',
      replace: '.slice(0, longest.kept)',
    },
    {
      name: 'The list of grants grows without a bound.',
      find: '.slice(-longest.kept)',
      replace: '',
    },
    {
      name: "A server's words in a record grow without a bound.",
      find: 'detail: refusal.detail.slice(0, 1_000)',
      replace: 'detail: refusal.detail',
    },
    {
      name: 'A record whose last change is of the future outweighs whatever a person does.',
      find: 'changedAt: isFuture(record.changedAt, now) ? 0 : record.changedAt,',
      replace: '',
    },
    {
      name: 'What a newer version of the library wrote into a record is lost.',
      find: '  return {\n    ...record,\n    // A time of the future',
      replace:
        '  return {\n    ...emptyRecord,\n    ended: record.ended,\n    lineage: record.lineage,\n    generation: record.generation,\n    refused: record.refused,\n    suspect: record.suspect,\n    // A time of the future',
    },
    {
      name: 'A count below zero or with a fraction is taken for a count.',
      find: 'Number.isSafeInteger(value) && (value as number) >= 0',
      replace: "typeof value === 'number'",
    },
  ],
);

const machine = changesOf(
  'core',
  'machine.ts',
  ['machine', 'machine-claims', 'machine-grants', 'machine-moved', 'machine-outcomes'],
  [
    {
      name: 'A claim of another process excludes nobody: two requests at once.',
      find: 'return claim.until > now && watched <= lengthOf(claim) + rules.margin;',
      replace: 'return false;',
    },
    {
      name: 'A claim of a process that died excludes others for as long as the clock of the store stands still.',
      find: 'return claim.until > now && watched <= lengthOf(claim) + rules.margin;',
      replace: 'return claim.until > now;',
    },
    {
      name: 'A program with a short request timeout takes the claim of one with a long timeout for dead.',
      find: 'watched <= lengthOf(claim) + rules.margin',
      replace: 'watched <= rules.lease + rules.margin',
    },
    {
      name: 'A refresh token that was refused is sent again.',
      find: 'record.pair.refreshToken !== null && record.ended === null;',
      replace: 'record.pair.refreshToken !== null;',
    },
    {
      name: 'The access token that the API refused is handed out again.',
      find: '(!isRefused && pair.expiresAt - now >=',
      replace: '(pair.expiresAt - now >=',
    },
    {
      name: 'A caller gets an error although the token has some seconds to live.',
      find: "return next.type === 'give_up' && !isPerson && isServable(record, question, true) ? use : next;",
      replace: 'return next;',
    },
    {
      name: 'A clock that went back keeps a token young for ever.',
      find: 'return age > -rules.lease && age < rules.minRefreshInterval;',
      replace: 'return age < rules.minRefreshInterval;',
    },
    {
      name: 'A server that sends no usable token is asked in a circle.',
      find: 'pair.accessToken === null ? Math.max(minRefreshInterval, shortestLife)',
      replace: 'pair.accessToken === null ? minRefreshInterval',
    },
    {
      name: 'A 503 doubles the pause without an end.',
      find: 'Math.min(first * 2 ** ((pair.failing?.count ?? 1) - 1), longest)',
      replace: 'first * 2 ** ((pair.failing?.count ?? 1) - 1)',
    },
    {
      name: 'A server that answers 503 is asked once a second for the whole outage.',
      find: 'Math.min(first * 2 ** ((pair.failing?.count ?? 1) - 1), longest)',
      replace: 'first',
    },
    {
      name: 'After a sign-out an unattended program signs in again.',
      find: "if (record.ended === 'signed_out') return giveUp('signed_out');",
      replace: '',
    },
    {
      name: 'A refused password is tried again and again by unattended programs.',
      find: "if (record.refused !== null && record.refused === fingerprint) return giveUp(record.refusal?.code ?? 'grant_rejected');",
      replace: '',
    },
    {
      name: 'Two installations kill each other’s tokens for ever.',
      find: "if (record.conflicts.filter((at) => at > now - conflictWindow).length >= 2) return giveUp('credential_conflict');",
      replace: '',
    },
    {
      name: 'Unattended programs leave no grant for a person.',
      find: "question.signIn === 'person' ? rules.limit : rules.limit - rules.reserve",
      replace: 'rules.limit',
    },
    {
      name: 'A grant that is under way is not charged: the limit can be passed by those who die.',
      find: 'grants: charged ? [...grantsInWindow(record, now, rules), now] : record.grants,',
      replace: 'grants: record.grants,',
    },
    {
      name: 'A refresh that was sent without an answer is forgotten: it is sent again as if it were new.',
      find: 'unanswered: pair.unanswered + 1',
      replace: 'unanswered: pair.unanswered',
    },
    {
      name: 'Cleared site data are undone by an open tab.',
      find: "reach === 'machine' || reach === 'network';",
      replace: "reach !== 'process';",
    },
    {
      name: 'A file or a Redis that lost a record is not given it back.',
      find: "reach === 'machine' || reach === 'network';",
      replace: 'false;',
    },
    {
      name: 'A late answer overwrites a newer pair.',
      find: 'return isSame ? transition(record, mine, ending, now) : withoutMine(record, mine);',
      replace: 'return transition(record, mine, ending, now);',
    },
    {
      name: 'A sign-in that came back late undoes the sign-out that followed it.',
      find: "if (ending.type !== 'granted' || (record.lineage === lineage && !isOther)) {",
      replace: 'if (true) {',
    },
    {
      name: 'The claim of another process is removed.',
      find: 'return record.claim?.id === mine.claim.id ? { ...record, claim: null } : record;',
      replace: 'return { ...record, claim: null };',
    },
    {
      name: 'A request that never left is charged.',
      find: "case 'withdrawn':\n      return undone(record, mine, true);",
      replace: "case 'withdrawn':\n      return undone(record, mine, false);",
    },
    {
      name: 'Without an answer the claim ends at once: another process sends next to a request that is under way.',
      find: 'const isOpen = answered && record.claim?.id === mine.claim.id',
      replace: 'const isOpen = record.claim?.id === mine.claim.id',
    },
    {
      name: 'A sign-out forgets how many grants were sent: the limit can be passed by signing out.',
      find: "    pair: null,\n    ended: 'signed_out',\n    refusal: null,",
      replace: "    pair: null,\n    ended: 'signed_out',\n    refusal: null,\n    grants: [],",
    },
    {
      name: 'A 429 for a password also stops refreshes.',
      find: "[charged ? 'grant' : 'refresh']: until",
      replace: 'refresh: until, grant: until',
    },
    {
      name: 'A server that sends no new refresh token ends the sign-in.',
      find: '...(isKept ? { refreshToken, rotates: false } : {}),',
      replace: '',
    },
    {
      name: 'A further field that a refresh does not repeat is lost.',
      find: '...(tokens.fields && { fields: { ...record.pair?.fields, ...tokens.fields } }),',
      replace: '',
      tests: ['other-endpoints'],
    },
  ],
);

export const core: readonly Change[] = [
  ...timedStore,
  ...pool,
  ...forwardClock,
  ...pollingWatch,
  ...sealedStore,
  ...record,
  ...machine,
];
