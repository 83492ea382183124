import type { Evidence, FaultType } from '../judge/evidence.ts';
import type { RecordView } from '../judge/history.ts';
import type { ChaosOptions } from './options.ts';
import { type PlanOptions, plan } from './plan.ts';
import { WarDiary } from './stage/battlefield.ts';
import { type Campaign, rage } from './stage/nemesis.ts';
import type { Records } from './stage/records.ts';
import { sleep } from './stage/sockets.ts';
import { type Stage, setStage } from './stage/stage.ts';
import { grantLimits, lease, requestTimeout } from './stage/terms.ts';

/** So long may processes take to start and to sign in, in milliseconds. */
const startPatience = 120_000;
/** So many times its time may a run take until each sort of fault has struck. */
const longest = 3;

/**
 * Sets the stage in `folder`, lets the nemesis rage, waits until the dust has settled, and hands
 * over what everybody wrote down.
 */
export async function runChaos(options: ChaosOptions, folder: string): Promise<Evidence> {
  const stage = await setStage(options, folder);
  const stop = (): void => stage.fleet.killAll();
  process.once('exit', stop);
  try {
    return await play(options, stage);
  } finally {
    stop();
    process.off('exit', stop);
    await stage.close();
  }
}

async function play(options: ChaosOptions, stage: Stage): Promise<Evidence> {
  const { fleet, records, accounts, wire } = stage;
  const diary = new WarDiary();
  await untilUsable(records, accounts, startPatience);
  const from = Date.now();
  await rage(campaignOf(options, diary, from), stage, diary);
  const quietFrom = Date.now();
  await untilUsable(records, accounts, options.settle * 1_000);
  const terms = {
    lease,
    requestTimeout,
    grantLimit: grantLimits[options.grants],
    from,
    quietFrom,
    to: Date.now(),
  };
  await fleet.end();
  for (const complaint of fleet.complaints()) console.error(complaint);
  const last = await Promise.all(
    accounts.map(async (account) => [account, await records.read(account)] as const),
  );
  const { exchanges } = wire;
  return {
    terms,
    lives: fleet.lives(),
    exchanges,
    faults: diary.faults,
    server: stage.books(),
    records: Object.fromEntries(last),
  };
}

function campaignOf(options: ChaosOptions, { faults }: WarDiary, from: number): Campaign {
  const { seconds, store, untilAllStruck } = options;
  const [end, deadline] = [from + seconds * 1_000, from + longest * seconds * 1_000];
  const hasStruck = (type: FaultType): boolean => faults.some((fault) => fault.type === type);
  const isComplete = (): boolean => !untilAllStruck || sorts(store).every(hasStruck);
  return {
    plan: plan(planOptions(options)),
    isOver: () => (Date.now() >= end && isComplete()) || Date.now() >= deadline,
    fits: (action) =>
      !('pause' in action) ||
      Date.now() + action.pause <= end ||
      (untilAllStruck && !hasStruck(action.type)),
  };
}

function planOptions({
  seed,
  store,
  pace,
}: Pick<ChaosOptions, 'seed' | 'store' | 'pace'>): PlanOptions {
  return { seed, store, pace, lease, requestTimeout };
}

/** Every sort of fault that can strike with this store. */
export function sorts(store: ChaosOptions['store']): FaultType[] {
  const steps = plan(planOptions({ seed: 0, store, pace: 0 }));
  return [...new Set(Array.from({ length: 100 }, () => steps.next().value.action.type))];
}

/**
 * Resolves when every account was seen with a pair that nothing speaks against, or when patience
 * ends.
 */
async function untilUsable(
  records: Records,
  accounts: readonly string[],
  patience: number,
): Promise<void> {
  const waiting = new Set(accounts);
  for (const end = Date.now() + patience; waiting.size > 0 && Date.now() < end; await sleep(250)) {
    for (const account of waiting)
      if (isUsable(await records.read(account).catch(() => null))) waiting.delete(account);
  }
}

function isUsable(record: RecordView | null): boolean {
  return (
    record !== null && record.access !== null && record.ended === null && record.unanswered === 0
  );
}
