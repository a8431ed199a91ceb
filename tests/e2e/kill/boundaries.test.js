// Kill -9 at every named boundary of an order's life. Each order has to reach its end all the
// same, and every invariant has to hold.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Lives } from '../lib/lives.js';
import { startWorld } from '../lib/world.js';

const shortLeases = [
  'jobs.lease=2s',
  'jobs.heartbeat=500ms',
  'jobs.poll=200ms',
  'jobs.retry_first=100ms',
  'wallets.lease=2s',
  'meter_interval=1s',
].flatMap((setting) => ['--set', `marketplace.${setting}`]);
const WORLDS = 3; // Side by side: a life is mostly waiting for leases to end.
const KILLS_OF_A_LIFE = 12; // Of each program.
const TRIES_ALONE = 4;

const folder = mkdtempSync(path.join(tmpdir(), 'berth-kill-'));
const trail = path.join(folder, 'boundaries');
const worlds = [];

before(async () => {
  for (let i = 0; i < WORLDS; i += 1) {
    const environment = i === 0 ? { BERTH_FAILPOINT_LOG: trail } : {};
    const world = await startWorld(['--block-time', '200', ...shortLeases], environment);
    worlds.push(new Lives(world));
  }
});
after(async () => {
  await Promise.all(worlds.map((world) => world.end()));
  rmSync(folder, { recursive: true, force: true });
});

async function boundariesOfALife() {
  const passed = () => readFileSync(trail, 'utf8').split('\n').filter(Boolean);
  const start = passed().length;
  await worlds[0].live();
  return [...new Set(passed().slice(start))];
}

// Neighbours go to different lives, so that each kill comes well after the one before it.
function deal(boundaries, lives) {
  return Array.from({ length: lives }, (_, life) =>
    boundaries.filter((_boundary, index) => index % lives === life),
  );
}

function paired(ofWorker, ofMarketplace) {
  return Array.from({ length: Math.max(ofWorker.length, ofMarketplace.length) }, (_, i) => ({
    worker: ofWorker[i] ?? [],
    marketplace: ofMarketplace[i] ?? [],
  }));
}

test('kill -9 at each boundary of an order loses and doubles nothing', {
  concurrency: WORLDS,
}, async (t) => {
  // The edge's own certificate is issued beside a world's first order.
  await Promise.all(worlds.map((world) => world.live()));
  const boundaries = await boundariesOfALife();
  let waiting = {
    worker: boundaries.filter((name) => name.startsWith('worker.')),
    marketplace: boundaries.filter((name) => name.startsWith('market.')),
  };
  assert.ok(waiting.worker.length >= 20, `only ${waiting.worker}`);
  assert.ok(waiting.marketplace.length >= 20, `only ${waiting.marketplace}`);
  const alone = { worker: [], marketplace: [] };
  let lives = 0;

  // Each world takes the next life; `take` gets what a life did not reach.
  const liveAll = async (round, take) => {
    const queue = [...round];
    const through = async (world) => {
      for (let kills = queue.shift(); kills; kills = queue.shift()) {
        lives += 1;
        const count = kills.worker.length + kills.marketplace.length;
        const life = kills;
        await t.test(`life ${lives}: ${count} kills`, async () =>
          take(await world.liveThrough(life)),
        );
      }
    };
    await Promise.all(worlds.map(through));
  };
  while (waiting.worker.length + waiting.marketplace.length > 0) {
    const longest = Math.max(waiting.worker.length, waiting.marketplace.length);
    const count = Math.ceil(longest / KILLS_OF_A_LIFE);
    const round = paired(deal(waiting.worker, count), deal(waiting.marketplace, count));
    waiting = { worker: [], marketplace: [] };
    await liveAll(round, (unreached) => {
      for (const server of ['worker', 'marketplace']) {
        const [first, ...rest] = unreached[server];
        if (first) alone[server].push(first);
        waiting[server].push(...rest);
      }
    });
  }
  // What some lives pass and others do not, as an observation that falls due, gets a few of them.
  for (let tries = 0; alone.worker.length + alone.marketplace.length > 0; tries += 1) {
    assert.ok(tries < TRIES_ALONE, `never reached: ${JSON.stringify(alone)}`);
    const single = (server) => alone[server].splice(0).map((boundary) => [boundary]);
    await liveAll(paired(single('worker'), single('marketplace')), (unreached) => {
      alone.worker.push(...unreached.worker);
      alone.marketplace.push(...unreached.marketplace);
    });
  }
  const named = `${lives} lives: ${boundaries.join(' ')}`;
  process.stdout.write(`# note: kill -9 at ${boundaries.length} boundaries, ${named}\n`);
});
