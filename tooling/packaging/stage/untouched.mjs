// Imports what its arguments name and says what that changed in the world: nothing, if a package
// has no side effects.
const places = [
  globalThis,
  Object.prototype,
  Array.prototype,
  Promise.prototype,
  Response.prototype,
  Request.prototype,
  Headers.prototype,
];
const view = () =>
  places.map((place) =>
    Reflect.ownKeys(place).map((key) => [key, Object.getOwnPropertyDescriptor(place, key)]),
  );
const isSame = (a, b) =>
  Object.keys({ ...a, ...b }).every((field) => Object.is(a?.[field], b?.[field]));
const listeners = () =>
  process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
// These load or replace themselves lazily when they are first looked at.
view();

const changes = [];
for (const name of process.argv.slice(2)) {
  const [before, heard] = [view(), listeners()];
  await import(name);
  view().forEach((entries, at) => {
    const old = new Map(before[at]);
    for (const [key, now] of entries)
      if (!isSame(old.get(key), now)) changes.push(`${name} changes ${String(key)}`);
  });
  if (listeners() !== heard) changes.push(`${name} listens to the process`);
}
const busy = process.getActiveResourcesInfo().filter((kind) => !/^(Pipe|TTY|FS)/.test(kind));
console.log(JSON.stringify([...changes, ...busy]));
