import { type Change, changesOf } from './change.ts';

const memory = changesOf(
  'memory',
  'memory-store.ts',
  ['memory-store'],
  [
    {
      name: 'A memory store replaces a record whatever version is expected: the later of two writers wins.',
      find: 'if ((current?.version ?? null) !== expected) return { ok: false, record: current, now: now() };',
      replace: '',
    },
    {
      name: 'A memory store refuses a swap that it has already made.',
      find: 'if (current?.version === next.version) return { ok: true, record: current, now: now() };',
      replace: '',
    },
    {
      name: 'A memory store answers a lost swap without the record that was in its way.',
      find: 'return { ok: false, record: current, now: now() };',
      replace: 'return { ok: false, record: null, now: now() };',
    },
    {
      name: 'What is stored changes when a caller changes the object that it passed.',
      find: 'const record = Object.freeze({ version: next.version, value: next.value });',
      replace: 'const record = next;',
    },
    {
      name: 'What is stored can be changed by whoever reads it.',
      find: 'const record = Object.freeze({ version: next.version, value: next.value });',
      replace: 'const record = { version: next.version, value: next.value };',
    },
    {
      name: 'A memory store calls nobody when a record changed.',
      find: '  watchers.notify(key);\n',
      replace: '',
    },
    {
      name: 'A memory store calls its watchers before the change is made.',
      find: '  records.set(key, record);\n  watchers.notify(key);',
      replace: '  watchers.notify(key);\n  queueMicrotask(() => records.set(key, record));',
    },
    {
      name: 'The clock of a memory store goes back with the wall clock.',
      find: 'now: forwardClock(now)',
      replace: 'now',
    },
    {
      name: 'Each handle of a memory store has a clock of its own.',
      find: 'open: () => handle(memory),',
      replace: 'open: () => handle({ ...memory, now: forwardClock(Date.now) }),',
    },
    {
      name: 'A handle of a memory store sees records of its own only.',
      find: 'open: () => handle(memory),',
      replace: 'open: () => handle({ ...memory, records: new Map() }),',
    },
    {
      name: 'A closed memory store still answers.',
      find: '    if (closed)\n      throw',
      replace: '    if (false)\n      throw',
    },
    {
      name: 'A closed memory store still calls its watchers.',
      find: '      for (const stop of stops) stop();',
      replace: '',
    },
    {
      name: 'Closing one handle of a memory store closes the watches of all.',
      find: '      for (const stop of stops) stop();',
      replace: '      for (const stop of stops) stop();\n      memory.watchers.notify = () => {};',
    },
    {
      name: 'A memory store remembers each watch that was ever stopped.',
      find: '        stops.delete(stop);\n',
      replace: '',
    },
  ],
);

const watchers = changesOf(
  'memory',
  'watchers.ts',
  ['memory-store'],
  [
    {
      name: 'A watcher of one account hears of all accounts.',
      find: 'for (const watcher of byKey.get(key) ?? []) queueMicrotask(() => call(byKey, key, watcher));',
      replace:
        'for (const [each, all] of byKey) for (const watcher of all) queueMicrotask(() => call(byKey, each, watcher));',
    },
    {
      name: 'A function that watches twice and stops once hears nothing.',
      find: 'const watcher: Watcher = { onChange };',
      replace:
        'const watcher: Watcher = [...(byKey.get(key) ?? [])].find((each) => each.onChange === onChange) ?? { onChange };',
    },
    {
      name: 'A watcher that stopped right after a change is called.',
      find: 'if (byKey.get(key)?.has(watcher)) watcher.onChange();',
      replace: 'watcher.onChange();',
    },
    {
      name: 'A watcher that throws takes the call of the others away, and fails the swap.',
      find: 'queueMicrotask(() => call(byKey, key, watcher));',
      replace: 'call(byKey, key, watcher);',
    },
    {
      name: 'The accounts that were ever watched stay in memory.',
      find: 'if (watchers.size === 0 && byKey.get(key) === watchers) byKey.delete(key);',
      replace: '',
    },
    {
      name: 'A watcher that stops twice ends the watch that began after it.',
      find: 'if (watchers.size === 0 && byKey.get(key) === watchers) byKey.delete(key);',
      replace: 'if (watchers.size === 0) byKey.delete(key);',
    },
  ],
);

const file = changesOf(
  'file',
  'file-store.ts',
  ['file-store', 'in-process'],
  [
    {
      name: 'A file store replaces a record whatever version is expected.',
      find: 'if ((held.record?.version ?? null) !== expected) return { ok: false, ...held };',
      replace: '',
    },
    {
      name: 'A file store refuses a swap that it has already made.',
      find: 'if (held.record?.version === next.version) {',
      replace: 'if (false) {',
    },
    {
      name: 'A swap that is sent again answers before it is sure to be on the disk.',
      find: 'await disk.sync(folder); // Sent again, it may have been interrupted right before this.',
      replace: '',
    },
    {
      name: 'A swap that expects a record makes the directory where there is none.',
      find: 'run(() => inside(disk, directory, expected === null, work))',
      replace: 'run(() => inside(disk, directory, true, work))',
    },
    {
      name: 'A read makes the directory where there is none.',
      find: 'run(() => inside(disk, directory, false, async (at)',
      replace: 'run(() => inside(disk, directory, true, async (at)',
    },
    {
      name: 'A directory that is missing fails a read, instead of being an account without a record.',
      find: "if (!isMade && failedWith(error, 'ENOENT')) return null;",
      replace: '',
    },
    {
      name: 'Each call leaves a directory open.',
      find: '    await entered?.leave();',
      replace: '',
    },
    {
      name: 'A file store shows which account a folder is of.',
      find: "createHash('sha256').update(key).digest('hex')",
      replace: "Buffer.from(key).toString('hex').padEnd(64, '0').slice(0, 64)",
    },
    {
      name: 'The errors of the file system come out as they are, with what they quote.',
      find: 'return work().catch((error: unknown) => Promise.reject(unavailable(directory, error)));',
      replace: 'return work();',
    },
    {
      name: 'A record that lost against another writer fails as busy.',
      find: 'const attempts = 100;',
      replace: 'const attempts = 1;',
    },
    {
      name: 'A closed file store still answers.',
      find: 'if (isClosed) throw new ActOnTokenError',
      replace: 'if (false) throw new ActOnTokenError',
    },
    {
      name: 'A closed file store still watches.',
      find: '      for (const stop of stops) stop();',
      replace: '',
    },
    {
      name: 'The time of the record does not count: a clock that was set back goes back for other processes.',
      find: 'now: now(at) };',
      replace: 'now: now() };',
    },
    {
      name: 'No one is warned of a directory on a network.',
      find: '      warnOnce(disk, directory);\n',
      replace: '',
      tests: ['concerns'],
    },
  ],
);

const folder = changesOf(
  'file',
  'account-folder.ts',
  ['file-store'],
  [
    {
      name: 'A record may be shown before its bytes are on the disk.',
      find: '  await disk.sync(folder);\n  // A draft that lost',
      replace: '  // A draft that lost',
    },
    {
      name: 'A swap is answered before its name is on the disk: a loss of power undoes it.',
      find: '  await disk.sync(folder);\n  await Promise.all(',
      replace: '  await Promise.all(',
    },
    {
      name: 'The first record of an account may be lost with its folder in a loss of power.',
      find: 'if (head.record === null) await disk.sync(dirname(folder));',
      replace: '',
      tests: ['interleavings'],
    },
    {
      name: 'Old records are never removed.',
      find: 'await Promise.all(head.names.filter(isRecord).map((name) => disk.remove(at(name))));',
      replace: '',
    },
    {
      name: 'Files that others keep in the folder are removed.',
      find: 'head.names.filter(isRecord)',
      replace: 'head.names.filter((name) => name !== `head-${head.id}`)',
    },
    {
      name: 'A writer that lost removes the record of the winner.',
      find: 'head.names.filter(isRecord)',
      replace:
        '(await disk.list(folder)).filter(isRecord).filter((name) => name !== `record-${id}`)',
      tests: ['interleavings'],
    },
    {
      name: 'A folder in the making that is young is taken from its maker.',
      find: 'Date.now() - at > longestBirth &&',
      replace: '',
    },
    {
      name: 'What makers that died left stays for ever.',
      find: 'await sweep(disk, directory).catch(() => {}); // Another time, then.',
      replace: '',
    },
    {
      name: 'A folder that holds more than ours is moved away.',
      find: '(await disk.list(old)).every((each) => each === firstHead)',
      replace: 'true',
    },
    {
      name: 'A failure to clear away fails the sign-in.',
      find: 'await sweep(disk, directory).catch(() => {}); // Another time, then.',
      replace: 'await sweep(disk, directory);',
    },
    {
      name: 'A folder with two heads is read by chance.',
      find: 'return heads.length === 1 ? ',
      replace: 'return heads.length > 0 ? ',
    },
    {
      name: 'A damaged record is quoted, token and all.',
      find: '  } catch {}\n  throw damaged(folder);',
      replace:
        '  } catch (error) {\n    throw Object.assign(error as Error, { code: text.slice(0, 40).trim() });\n  }\n  throw damaged(folder);',
    },
    {
      name: 'A file with something of another program is taken for a record.',
      find: "if (typeof version === 'string' && typeof value === 'string' && Number.isFinite(at)) return { version, value, at };",
      replace: 'return { version, value, at };',
    },
  ],
);

const disk = changesOf(
  'file',
  'disk.ts',
  ['file-store', 'in-process'],
  [
    {
      name: 'Other users of the machine may read the tokens.',
      find: "const handle = await open(file, 'wx', 0o600);",
      replace: "const handle = await open(file, 'wx', 0o644);",
    },
    {
      name: 'Other users of the machine may enter the directory.',
      find: 'await mkdir(folder, 0o700).catch(async',
      replace: 'await mkdir(folder, 0o755).catch(async',
    },
    {
      name: 'A file that someone else put there is written over.',
      find: "const handle = await open(file, 'wx', 0o600);",
      replace: "const handle = await open(file, 'w', 0o600);",
    },
    {
      name: 'A link is followed to wherever it leads.',
      find: 'O_RDONLY | O_NOFOLLOW | O_NONBLOCK',
      replace: 'O_RDONLY | O_NONBLOCK',
    },
    {
      name: 'A pipe in the place of a record makes a read wait for ever.',
      find: 'O_RDONLY | O_NOFOLLOW | O_NONBLOCK',
      replace: 'O_RDONLY | O_NOFOLLOW',
    },
    {
      name: 'A link in place of an account is followed.',
      find: "if (stats.isSymbolicLink()) throw foreign(folder, 'It is a link');",
      replace: '',
    },
    {
      name: 'A file that could not be written to its end stays.',
      find: '.catch((error: unknown) => localDisk.remove(file).then(() => Promise.reject(error)));',
      replace: ';',
    },
    {
      name: 'Reading a record leaves its file open.',
      find: '      await handle.close();\n    }\n  },\n  async write',
      replace: '    }\n  },\n  async write',
    },
  ],
);

const fileClock = changesOf(
  'file',
  'file-store.ts',
  ['file-store'],
  [
    {
      name: 'The clock of a file store goes back with the wall clock.',
      find: 'now: now(at),',
      replace: 'now: Date.now(),',
    },
    {
      name: 'The clock of a file store goes back to before what another process wrote.',
      find: 'now: now(at),',
      replace: 'now: now(),',
    },
  ],
);

const fileHints = changesOf(
  'file',
  'hints.ts',
  ['watching'],
  [
    {
      name: 'A file store calls back for each look, changed or not.',
      find: 'if (!isOn || head === undefined || head === seen) return;',
      replace: 'if (!isOn || head === undefined) return;',
    },
    {
      name: 'A watch of a file that was stopped calls back.',
      find: 'if (!isOn || head === undefined || head === seen) return;',
      replace: 'if (head === undefined || head === seen) return;',
    },
    {
      name: 'A change right after watch() is taken for what was there before.',
      find: 'let seen = headNow(folder);',
      replace: 'let seen: string | undefined;\n  setImmediate(() => (seen = headNow(folder)));',
    },
    {
      name: 'The first record of an account is not seen by those who watch.',
      find: 'if (!isOn || head === undefined || head === seen) return;',
      replace: 'if (!isOn || head === undefined || head === seen || seen === undefined) return;',
    },
    {
      name: 'Where the system tells of no change, a watch sees none.',
      find: 'timer = setTimeout(() => look().finally(() => isOn && keepLooking()),',
      replace: 'timer = setTimeout(() => {},',
    },
    {
      name: 'A watch of a file looks once and then no more.',
      find: 'look().finally(() => isOn && keepLooking())',
      replace: 'look()',
    },
    {
      name: 'A watch of a file keeps the process alive.',
      find: 'watcher === null ? pause.untold : pause.told).unref();',
      replace: 'watcher === null ? pause.untold : pause.told);',
    },
  ],
);

const indexedDb = changesOf(
  'indexeddb',
  'indexed-db-store.ts',
  ['indexed-db-store', 'store-kit'],
  [
    {
      name: 'An IndexedDB store replaces a record whatever version is expected.',
      find: 'if ((held.record?.version ?? null) !== expected) return { ok: false, ...held };',
      replace: '',
    },
    {
      name: 'An IndexedDB store refuses a swap that it has already made.',
      find: 'if (held.record?.version === next.version) return { ok: true, ...held };',
      replace: '',
    },
    {
      name: 'A record of another program is taken for none, and overwritten.',
      find: "if (held !== undefined && !isRecord) throw { name: 'DamagedError' };",
      replace: '',
    },
    {
      name: 'Other tabs hear of a swap that lost.',
      find: 'if (result.ok && !isClosed) hints.announce',
      replace: 'if (!isClosed) hints.announce',
    },
    {
      name: 'A store that was closed within a swap opens a channel again.',
      find: 'if (result.ok && !isClosed) hints.announce',
      replace: 'if (result.ok) hints.announce',
    },
    {
      name: 'Cleared site data are not noticed by an open tab.',
      find: 'connect(database, () => hints.hear())',
      replace: 'connect(database, () => {})',
    },
    {
      name: 'A closed IndexedDB store opens the database again.',
      find: '    if (isClosed)\n      throw',
      replace: '    if (false)\n      throw',
    },
    {
      name: 'A closed IndexedDB store keeps its handle, so no other tab can delete the database.',
      find: '      connection.close();\n',
      replace: '',
    },
    {
      name: 'All IndexedDB stores of a site share one database.',
      find: 'const connection = connect(database,',
      replace: "const connection = connect('act-on-token',",
    },
  ],
);

const connection = changesOf(
  'indexeddb',
  'connection.ts',
  ['indexed-db-store', 'store-kit'],
  [
    {
      name: 'A transaction that hangs keeps the call waiting for ever.',
      find: 'return Promise.race([work, late]).finally(() => clearTimeout(timer));',
      replace: 'return work.finally(() => clearTimeout(timer));',
    },
    {
      name: 'A swap is answered before it is on the disk.',
      find: "durability: purpose === 'change' ? 'strict' : 'relaxed'",
      replace: "durability: 'relaxed'",
    },
    {
      name: 'A swap is answered before its transaction is complete: what is undone was told as done.',
      find: 'const [answer] = await Promise.all([work(transaction.objectStore(table)), complete]);',
      replace:
        'complete.catch(() => {});\n  const answer = await work(transaction.objectStore(table));',
    },
    {
      name: 'A handle that died without a word is never replaced.',
      find: '      forget(used);\n      throw error;',
      replace: '      throw error;',
    },
    {
      name: 'An open tab keeps another from deleting the database.',
      find: 'Object.assign(opened, { onclose: lose, onversionchange: lose })',
      replace: 'Object.assign(opened, { onclose: lose })',
    },
    {
      name: 'A handle that the browser closed is used again.',
      find: 'Object.assign(opened, { onclose: lose, onversionchange: lose })',
      replace: 'Object.assign(opened, { onversionchange: lose })',
    },
    {
      name: 'A swap without room for it is tried read-only.',
      find: "attempt(purpose === 'look' && /Quota/.test(nameOf(error)) ? 'readonly' : 'readwrite', purpose, work)",
      replace: "attempt(/Quota/.test(nameOf(error)) ? 'readonly' : 'readwrite', purpose, work)",
    },
    {
      name: 'Where there is no room, nothing can be read either.',
      find: "attempt(purpose === 'look' && /Quota/.test(nameOf(error)) ? 'readonly' : 'readwrite', purpose, work)",
      replace: "attempt('readwrite', purpose, work)",
    },
    {
      name: 'A call that timed out is made once more, and takes twice as long.',
      find: 'if (/Timeout|Damaged/.test(nameOf(error))) throw error;',
      replace: 'if (/Damaged/.test(nameOf(error))) throw error;',
    },
    {
      name: 'The name of an error shows what a wrapper around IndexedDB wrote into it.',
      find: "const name = /^[A-Z][A-Za-z]{1,40}Error$/.test(found) ? found : 'Error';",
      replace: 'const name = found;',
    },
  ],
);

const indexedDbClock = changesOf(
  'indexeddb',
  'clock.ts',
  ['indexed-db-store'],
  [
    {
      name: 'Two tabs whose wall clocks differ tell different times.',
      find: "forwardClock()(typeof latest === 'number' ? latest : undefined)",
      replace: 'Date.now()',
    },
    {
      name: 'The time is not kept in the database.',
      find: "if (now !== latest && records.transaction.mode === 'readwrite') records.put(now, clockKey);",
      replace: '',
    },
  ],
);

const indexedDbHints = changesOf(
  'indexeddb',
  'hints.ts',
  ['indexed-db-store', 'page-lifecycle', 'store-kit'],
  [
    {
      name: 'A watcher of one account hears of all accounts of the page.',
      find: 'if (key === undefined || key === watcher.key) queueMicrotask',
      replace: 'queueMicrotask',
    },
    {
      name: 'A watcher that stopped after the change is called.',
      find: 'queueMicrotask(() => watchers.has(watcher) && watcher.onChange());',
      replace: 'queueMicrotask(() => watcher.onChange());',
    },
    {
      name: 'A page in the back/forward cache is thrown out by a message.',
      find: '    isAway = true;\n    hangUp();',
      replace: '    isAway = true;',
    },
    {
      name: 'A page that comes back does not look for what it missed.',
      find: '    open();\n    hear();\n  };',
      replace: '    open();\n  };',
    },
    {
      name: 'A page that comes back never hears of changes again.',
      find: '    open();\n    hear();\n  };',
      replace: '    hear();\n  };',
    },
    {
      name: 'Other tabs hear nothing of what a page writes.',
      find: '      channel?.postMessage(news);\n',
      replace: '',
    },
    {
      name: 'Other handles of the same page hear of a change, and the watchers of this one do not.',
      find: '      hear(news.key); // A channel does not hear itself.\n',
      replace: '',
    },
    {
      name: 'A frozen page that writes listens from then on.',
      find: '      if (isAway) hangUp();\n',
      replace: '',
    },
    {
      name: 'A Node process that uses the store never ends.',
      find: '    (channel as { unref?(): void }).unref?.(); // In Node it would keep the process alive.\n',
      replace: '',
    },
    {
      name: 'A closed store goes on listening to the page.',
      find: "      hangUp();\n      eachEvent('removeEventListener');",
      replace: '      hangUp();',
    },
    {
      name: 'A closed store calls its watchers.',
      find: '      watchers.clear();\n',
      replace: '',
    },
  ],
);

const redis = changesOf(
  'redis',
  'redis-store.ts',
  ['redis-store', 'tombstones', 'options'],
  [
    {
      name: 'A Redis store replaces a record whatever version is expected.',
      find: "if ARGV[1] == (held[1] and '=' .. held[1] or '') then",
      replace: 'if ARGV[2] then',
      tests: ['redis-store', 'store-kit'],
    },
    {
      name: 'A swap that expects no record overwrites one.',
      find: "if ARGV[1] == (held[1] and '=' .. held[1] or '') then",
      replace: "if ARGV[1] == '' or (held[1] and ARGV[1] == '=' .. held[1]) then",
      tests: ['store-kit'],
    },
    {
      name: 'A record that lost a field is overwritten.',
      find: "if not held[1] ~= not held[2] then return redis.error_reply('DAMAGED the record has lost a field') end",
      replace: '',
    },
    {
      name: 'A record is dropped after the ttl of a store that wrote it long ago.',
      find: "if ARGV[4] == '' then redis.call('PERSIST', KEYS[1]) else",
      replace: "if ARGV[4] ~= '' then",
    },
    {
      name: 'A record stays for ever though a ttl was set.',
      find: "else redis.call('PEXPIRE', KEYS[1], ARGV[4]) end",
      replace: 'end',
    },
    {
      name: 'Other servers hear of no change.',
      find: "  redis.call('PUBLISH', ARGV[5], held[1])\n",
      replace: '',
    },
    {
      name: 'Other servers are sent the record with the news of a change.',
      find: "redis.call('PUBLISH', ARGV[5], held[1])",
      replace: "redis.call('PUBLISH', ARGV[5], held[2])",
    },
    {
      name: "A Redis store goes by this machine's clock.",
      find: 'now: Number(now), ...',
      replace: 'now: Date.now(), ...',
    },
    {
      name: 'The answers of a cluster do not name their clock.',
      find: '...(clock === null ? {} : { clock })',
      replace: '',
    },
    {
      name: 'The tombstone of a signed-out account is dropped as early as a record.',
      find: '(next.signedOut ? tombstoneTtl : ttl)',
      replace: 'ttl',
    },
    {
      name: 'The record of an account is dropped as late as a tombstone.',
      find: '(next.signedOut ? tombstoneTtl : ttl)',
      replace: 'tombstoneTtl',
    },
    {
      name: 'A tombstone may be dropped after a minute, and the session revived.',
      find: 'tombstoneTtl: [[aDay, tenYears, true]',
      replace: 'tombstoneTtl: [[60_000, tenYears, true]',
    },
    {
      name: 'A client of another package is found out at the first call only.',
      find: "return abilities.every((name) => typeof client[name] === 'function');",
      replace: 'return true;',
    },
    {
      name: 'A closed Redis store still answers.',
      find: "if (isClosed) throw new ActOnTokenError('store_unavailable', 'This Redis store is closed.",
      replace:
        "if (false) throw new ActOnTokenError('store_unavailable', 'This Redis store is closed.",
      tests: ['redis-store', 'store-kit'],
    },
    {
      name: 'A closed Redis store keeps its connection.',
      find: '      hints.stop();\n',
      replace: '',
      tests: ['redis-store', 'store-kit'],
    },
    {
      name: 'No one is warned that Redis may evict records.',
      find: 'if (!isChecked) void warnOfEviction',
      replace: 'if (false) void warnOfEviction',
    },
    {
      name: 'Each call asks Redis whether it may evict records.',
      find: '    isChecked = true;\n',
      replace: '',
    },
    {
      name: 'A Redis that evicts nothing but records with a ttl is warned of, though there are none.',
      find: "!(policy.startsWith('volatile-') && isMortal)",
      replace: "!policy.startsWith('volatile-')",
    },
    {
      name: 'A Redis store forgets its prefix: it reads what others keep.',
      find: 'read: (key) => run(prefix + key),',
      replace: 'read: (key) => run(key),',
    },
  ],
);

const redisScript = changesOf(
  'redis',
  'run-script.ts',
  ['redis-store', 'hostile-server'],
  [
    {
      name: 'A call that Redis never answers is never given up.',
      find: 'return Promise.race([answer, late])',
      replace: 'return answer',
    },
    {
      name: 'Each call leaves a timer of two and a half seconds.',
      find: '.finally(() => clearTimeout(timer));',
      replace: ';',
    },
    {
      name: 'After a restart of Redis no call works.',
      find: "if (codeOf(error) !== 'NOSCRIPT') throw error;",
      replace: 'throw error;',
    },
    {
      name: 'The script is sent with each call that fails.',
      find: "if (codeOf(error) !== 'NOSCRIPT') throw error;",
      replace: '',
    },
    {
      name: 'What a server answers that is not Redis is believed.',
      find: 'if (!isRecord || !isTime || !isName) throw',
      replace: 'if (false) throw',
    },
    {
      name: 'A record in half is believed to be none.',
      find: "const isRecord = (version === null && value === null) || (typeof version === 'string' && typeof value === 'string');",
      replace: 'const isRecord = true;',
    },
    {
      name: 'A time of zero is believed.',
      find: 'Number(now) > 0 &&',
      replace: '',
    },
    {
      name: 'The name of a clock may be of any length.',
      find: '/^\\w{1,64}$/.test(server)',
      replace: 'true',
    },
    {
      name: 'What ioredis wrote into its error, a record perhaps, is shown.',
      find: "const word = own.find((text) => text !== undefined) ?? 'it failed';",
      replace: 'const word = String(message);',
    },
    {
      name: 'What Redis repeats of a command, a record perhaps, is shown.',
      find: "(/^[A-Z]{2,20}\\b/.exec(String(message))?.[0] ?? 'ERR')",
      replace: 'String(message)',
    },
  ],
);

const redisHints = changesOf(
  'redis',
  'hints.ts',
  ['redis-store'],
  [
    {
      name: 'A change while the connection is being made is missed.',
      find: 'if (done !== undefined) await look(name);',
      replace: '',
    },
    {
      name: 'After a broken connection nothing is heard any more.',
      find: ".on('ready', () => [...watched.keys()].map(subscribe));",
      replace: ".once('ready', () => [...watched.keys()].map(subscribe));",
    },
    {
      name: 'A failure of the connection is printed by ioredis.',
      find: "    subscriber.on('error', () => {}); // Without a listener ioredis prints every failure.\n",
      replace: '',
    },
    {
      name: 'Each account that is watched has a connection of its own.',
      find: 'if (subscriber === null) start();',
      replace: 'if (subscriber === null || true) start();',
    },
    {
      name: 'An account that is watched later hears nothing.',
      find: "else if (subscriber.status === 'ready') void subscribe(name);",
      replace: '',
    },
    {
      name: 'The connection stays when nothing is watched any more.',
      find: 'if (watched.size === 0) stop();\n    else',
      replace: '',
    },
    {
      name: 'What is no longer watched stays subscribed.',
      find: 'else subscriber?.unsubscribe(name).catch(() => {});',
      replace: '',
    },
    {
      name: 'A watcher that stopped after the change is called, by Redis.',
      find: 'queueMicrotask(() => entry.watchers.has(watcher) && watcher.onChange());',
      replace: 'queueMicrotask(() => watcher.onChange());',
    },
    {
      name: 'Each look calls the watchers, changed or not.',
      find: 'else if (entry.lastHeard !== version) tell(name, version);',
      replace: 'else tell(name, version);',
    },
  ],
);

const plainText = changesOf(
  'redis',
  'warn-of-plain-text.ts',
  ['plain-text'],
  [
    {
      name: 'A warning of clear text is given although the records are sealed.',
      find: 'value.startsWith(sealed) ? [] : plainHosts(redis)',
      replace: 'plainHosts(redis)',
    },
    {
      name: 'A warning of clear text is given for a Redis on this machine.',
      find: '!isLoopback(host)',
      replace: 'host',
    },
    {
      name: 'No warning of clear text is given for Sentinels.',
      find: 'options.sentinels ?? [options]',
      replace: 'options.sentinels ? [] : [options]',
    },
  ],
);

const sqlListener = changesOf(
  'sql',
  'listener.ts',
  ['listener'],
  [
    {
      name: 'A PostgreSQL store whose listener was lost does not listen again.',
      find: 'current === null && now > nextAt',
      replace: 'current === null && !wasLost',
    },
    {
      name: 'A PostgreSQL store whose listener fails asks for another with every answer.',
      find: 'performance.now() + rest',
      replace: '0',
    },
    {
      name: 'A change that came while no one listened is not heard of.',
      find: 'if (wasLost) call(() => true);',
      replace: '',
    },
    {
      name: 'A PostgreSQL store listens once for each account that is watched.',
      find: 'watchers.size > 0 && current === null',
      replace: 'watchers.size > 0',
    },
    {
      name: 'A listener that was lost keeps its connection.',
      find: '[wasLost, nextAt] = [true, performance.now() + rest];\n      end();',
      replace: '[wasLost, nextAt] = [true, performance.now() + rest];\n      current = null;',
    },
    {
      name: 'A PostgreSQL store listens on while nothing is watched.',
      find: 'if (watchers.size === 0) current?.end();',
      replace: '',
    },
    {
      name: 'A listener that does not come about is waited for for ever.',
      find: 'const patience = 10_000;',
      replace: 'const patience = Number.POSITIVE_INFINITY;',
    },
    {
      name: 'A watcher is called for changes of other accounts.',
      find: 'if (is(key)) onChange();',
      replace: 'onChange();',
      tests: ['postgres'],
    },
  ],
);

export const stores: readonly Change[] = [
  ...memory,
  ...watchers,
  ...file,
  ...folder,
  ...disk,
  ...fileClock,
  ...fileHints,
  ...indexedDb,
  ...connection,
  ...indexedDbClock,
  ...indexedDbHints,
  ...redis,
  ...redisScript,
  ...redisHints,
  ...sqlListener,
  ...plainText,
];
