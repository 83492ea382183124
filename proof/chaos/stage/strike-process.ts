import type { Exchange, FaultType } from '../../judge/evidence.ts';
import type { Action, Stage } from '../plan.ts';
import type { Battlefield, WarDiary } from './battlefield.ts';
import type { Worker } from './fleet.ts';
import type { Fate, LinkTrap } from './link.ts';
import { sleep } from './sockets.ts';
import type { WireTrap } from './wire.ts';

type ActionOf<Type extends Action['type']> = Extract<Action, { type: Type }>;

/** How long after a kill another process takes the post, in milliseconds. */
const rest = 500;

/** Whom a trap has caught, and the claim under which it acts. */
interface Caught {
  readonly worker: Worker;
  readonly account: string;
  readonly claim: string | null;
}

export async function killOther(
  { who }: ActionOf<'kill_other'>,
  { fleet }: Battlefield,
  diary: WarDiary,
): Promise<void> {
  const worker = pick(fleet.awake, who);
  if (worker === undefined) return;
  const at = Date.now();
  await fleet.kill(worker, rest);
  diary.note('kill_other', at, worker.name, null);
}

export function killHolder(
  { stage, delay }: ActionOf<'kill_holder'>,
  field: Battlefield,
  diary: WarDiary,
): void {
  catchHolder(stage, field, diary, async (caught) => {
    if (stage === 'answered') await sleep(delay);
    await killAndLook(caught, field, diary);
  });
}

/** It was the holder if its claim still stands in the record now that it is dead. */
async function killAndLook(
  { worker, account, claim }: Caught,
  { fleet, claimOf }: Battlefield,
  diary: WarDiary,
): Promise<void> {
  const at = Date.now();
  await fleet.kill(worker, rest);
  const isHolder = claim !== null && (await claimOf(account)) === claim;
  diary.note(isHolder ? 'kill_holder' : 'kill_other', at, worker.name, account);
}

export function pauseOther(
  { who, pause }: ActionOf<'pause_other'>,
  field: Battlefield,
  diary: WarDiary,
): void {
  const worker = pick(field.fleet.awake, who);
  if (worker !== undefined) pauseFor(pause, 'pause_other', { worker, account: null }, field, diary);
}

export function pauseHolder(
  { stage, pause }: ActionOf<'pause_holder'>,
  field: Battlefield,
  diary: WarDiary,
): void {
  catchHolder(stage, field, diary, async (caught) =>
    pauseFor(pause, 'pause_holder', caught, field, diary),
  );
}

interface Paused {
  readonly worker: Worker;
  readonly account: string | null;
}

/** The pause goes on in the background; half of the processes stay awake. */
function pauseFor(
  pause: number,
  type: FaultType,
  { worker, account }: Paused,
  { fleet }: Battlefield,
  diary: WarDiary,
): void {
  if (fleet.awake.length <= fleet.size / 2) return;
  const at = Date.now();
  diary.begin(fleet.pause(worker, pause).then(() => diary.note(type, at, worker.name, account)));
}

/** Strikes the next process that holds a claim and comes to this stage. */
function catchHolder(
  stage: Stage,
  field: Battlefield,
  diary: WarDiary,
  strike: (caught: Caught) => Promise<void>,
): void {
  if (stage === 'claimed') catchClaimant(field, diary, strike);
  else catchSender(stage, field, diary, strike);
}

function catchSender(
  stage: Exclude<Stage, 'claimed'>,
  { fleet, wire }: Battlefield,
  diary: WarDiary,
  strike: (caught: Caught) => Promise<void>,
): void {
  const onExchange = async ({ worker: name, account, claim }: Exchange): Promise<void> => {
    const worker = fleet.find(name);
    if (worker !== undefined) await strike({ worker, account, claim });
  };
  const traps: Record<typeof stage, WireTrap> = {
    sent: { fate: 'refused', before: onExchange },
    processed: { fate: 'whole', after: onExchange },
    answered: { fate: 'whole', delivered: (exchange) => diary.begin(onExchange(exchange)) },
  };
  diary.set(wire.arm(traps[stage]));
}

/**
 * A claim that is new: the swap that wrote it was carried out, and its writer does not know yet.
 * One is struck, on whichever link it comes.
 */
function catchClaimant(
  { fleet, links, accountOf }: Battlefield,
  diary: WarDiary,
  strike: (caught: Caught) => Promise<void>,
): void {
  let isSprung = false;
  const disarm: (() => void)[] = [];
  for (const [post, link] of links.entries()) {
    const trap: LinkTrap = {
      matches: ({ isClaim }) => isClaim,
      async strike({ key, next }): Promise<Fate> {
        const worker = fleet.awake.find((each) => each.post === post);
        if (isSprung || worker === undefined) return 'whole';
        isSprung = true;
        for (const each of disarm) each();
        await strike({ worker, account: accountOf(key), claim: next.claim?.id ?? null });
        return 'whole';
      },
    };
    disarm.push(link.arm(trap));
  }
  for (const each of disarm) diary.set(each);
}

function pick(workers: readonly Worker[], who: number): Worker | undefined {
  return workers[who % Math.max(workers.length, 1)];
}
