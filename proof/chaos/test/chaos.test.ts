import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRedisThere } from '../../../packages/redis/test/support/redis-server.ts';
import { figuresOf } from '../../judge/figures.ts';
import { judge } from '../../judge/judge.ts';
import { rulesOfTime } from '../../judge/violation.ts';
import { isPostgresThere } from '../../support/sql-servers.ts';
import { type ChaosOptions, defaults } from '../options.ts';
import { report } from '../report.ts';
import { runChaos, sorts } from '../run.ts';

// A minute of what `npm run chaos` does for as long as one likes. How much is struck and how well
// callers fare depends on the machine, so that is not judged here: only what must never happen, and
// that each sort of fault did strike.
const stores = [
  ['redis', isRedisThere],
  ['postgres', isPostgresThere],
] as const;

describe.each(stores)(
  'processes of Node, Deno and Bun that share accounts over %s',
  { timeout: 300_000 },
  (store, isThere) => {
    if (!isThere) return void it.skip('needs its server', () => {});
    const small = { ...defaults, store, settle: 0, processes: 5, accounts: 24, pace: 250 };

    it('break no promise of safety, whatever strikes', async () => {
      const options = { ...small, seconds: 26, seed: 1, untilAllStruck: true };
      const { rules, figures, text } = await run(options);
      expect(rules, text).toEqual([]);
      for (const sort of sorts(store))
        expect(figures.faults[sort] ?? 0, `${sort}\n${text}`).toBeGreaterThan(0);
      console.log(text);
    });

    it('are found out where the store does not compare versions', async () => {
      const options = { ...small, seconds: 8, seed: 1, breakStore: true };
      const { rules, text } = await run(options);
      expect(rules, text).toContain('oneWriter');
      expect(
        rules.filter((rule) => rule === 'neverKnowingly' || rule === 'oneAtATime'),
        text,
      ).not.toEqual([]);
    });

    /** The rules that were broken, each once, without those about time. */
    async function run(options: ChaosOptions) {
      const folder = mkdtempSync(join(tmpdir(), 'act-on-chaos-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const evidence = await runChaos(options, folder);
      const [verdict, figures] = [judge(evidence), figuresOf(evidence)];
      const rules = [...new Set(verdict.violations.map(({ rule }) => rule))].filter(
        (rule) => !rulesOfTime.includes(rule),
      );
      return { rules, figures, text: report(options, figures, verdict).join('\n') };
    }
  },
);
