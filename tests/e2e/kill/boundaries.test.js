// Kill -9 at every named boundary of an order's life. Each order has to reach its end all the
// same, and every invariant has to hold.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Customer } from '../lib/customer.js';
import { assertInvariants } from '../lib/invariants.js';
import { Marketplace } from '../lib/marketplace.js';
import { startWorld } from '../lib/world.js';

const shortLeases = [
  'jobs.lease=2s',
  'jobs.heartbeat=500ms',
  'jobs.poll=200ms',
  'jobs.retry_first=100ms',
  'wallets.lease=2s',
  'meter_interval=1s',
].flatMap((setting) => ['--set', `marketplace.${setting}`]);
const KILLS_OF_A_LIFE = 12; // Of each program.
const TRIES_ALONE = 4;

const folder = mkdtempSync(path.join(tmpdir(), 'berth-kill-'));
const trail = path.join(folder, 'boundaries');

let world;
let marketplace;

before(async () => {
  process.env.BERTH_FAILPOINT_LOG = trail;
  world = await startWorld(['--block-time', '200', ...shortLeases]);
  marketplace = new Marketplace(world.info);
});
after(async () => {
  marketplace?.close();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// A request is repeated as it is until it is answered: its event makes that safe.
async function persist(request) {
  return world.until(60, async () => {
    try {
      return await request();
    } catch (error) {
      if ([1, 2, 4, 8, 14].includes(error.code)) return undefined;
      throw error;
    }
  });
}

// One whole life: placed, paid, active, closed. Signed once, sent as often as it takes.
async function wholeLife() {
  const customer = new Customer(world, marketplace);
  await persist(() => customer.openChannel(50_000_000));
  const event = customer.event('order', { plan: world.info.operators[0].plan });
  const { order } = await persist(() =>
    marketplace.call('OrderService', 'PlaceOrder', { event }),
  );
  const drops = order.due.find(({ rail }) => rail === 'xrp').amount;
  const claim = customer.claimEvent(order.name, drops);
  const paid = await persist(() =>
    marketplace.call('PaymentService', 'SubmitClaim', { event: claim }),
  );
  assert.equal(paid.credited, drops);
  await customer.watchUntil(order.name, 'ORDER_STATE_ACTIVE', 300);
  await persist(() => assertInvariants(world, 'while active').then(() => true));
  const cancel = customer.event('cancel', { order: order.name });
  await persist(() => marketplace.call('OrderService', 'CancelOrder', { event: cancel }));
  await customer.watchUntil(order.name, 'ORDER_STATE_CLOSED', 300);
  const channel = await persist(() => customer.channel());
  assert.equal(channel.accepted, drops);
  assert.equal(channel.held, '0');
}

function passed() {
  return existsSync(trail) ? readFileSync(trail, 'utf8').split('\n').filter(Boolean) : [];
}

async function boundariesOfALife() {
  const before = passed().length;
  await wholeLife();
  return [...new Set(passed().slice(before))];
}

// Neighbours go to different lives, so that each kill comes well after the one before it.
function deal(boundaries, lives) {
  return Array.from({ length: lives }, (_, life) =>
    boundaries.filter((_boundary, index) => index % lives === life),
  );
}

// One life under the given boundaries of each program, each killing it once, in this order.
// Returns those that were not reached: the first of them came out of its turn and held up the rest.
async function liveThrough(kills) {
  for (const [server, boundaries] of Object.entries(kills)) {
    const failpoints = boundaries.join(' ');
    const armed = await world.command({ do: 'restart', server, failpoints });
    assert.ok(armed.ok, JSON.stringify(armed));
  }
  const before = world.events.length;
  await wholeLife();
  await assertInvariants(world, `after ${JSON.stringify(kills)}`);
  const unreached = {};
  for (const [server, boundaries] of Object.entries(kills)) {
    const ends = world.events
      .slice(before)
      .filter((event) => event.event === 'ended' && event.server === server);
    for (const { how } of ends) assert.match(how, /signal 9|SIGKILL|killed/i);
    unreached[server] = boundaries.slice(ends.length);
  }
  return unreached;
}

test('kill -9 at each boundary of an order loses and doubles nothing', async (t) => {
  await wholeLife(); // The edge's own certificate is issued beside the first order.
  const boundaries = await boundariesOfALife();
  let waiting = {
    worker: boundaries.filter((name) => name.startsWith('worker.')),
    marketplace: boundaries.filter((name) => name.startsWith('market.')),
  };
  assert.ok(waiting.worker.length >= 20, `only ${waiting.worker}`);
  assert.ok(waiting.marketplace.length >= 20, `only ${waiting.marketplace}`);
  const alone = { worker: [], marketplace: [] };
  let lives = 0;

  const live = async (kills, take) => {
    lives += 1;
    const count = kills.worker.length + kills.marketplace.length;
    await t.test(`life ${lives}: ${count} kills`, async () => take(await liveThrough(kills)));
  };
  while (waiting.worker.length + waiting.marketplace.length > 0) {
    const longest = Math.max(waiting.worker.length, waiting.marketplace.length);
    const count = Math.ceil(longest / KILLS_OF_A_LIFE);
    const ofWorker = deal(waiting.worker, count);
    const ofMarketplace = deal(waiting.marketplace, count);
    waiting = { worker: [], marketplace: [] };
    for (let i = 0; i < count; i += 1) {
      await live({ worker: ofWorker[i], marketplace: ofMarketplace[i] }, (unreached) => {
        for (const server of ['worker', 'marketplace']) {
          const [first, ...rest] = unreached[server];
          if (first) alone[server].push(first);
          waiting[server].push(...rest);
        }
      });
    }
  }
  // What some lives pass and others do not, as an observation that falls due, gets a few of them.
  for (let tries = 0; alone.worker.length + alone.marketplace.length > 0; tries += 1) {
    assert.ok(tries < TRIES_ALONE, `never reached: ${JSON.stringify(alone)}`);
    const round = { worker: alone.worker.splice(0), marketplace: alone.marketplace.splice(0) };
    for (let i = 0; i < Math.max(round.worker.length, round.marketplace.length); i += 1) {
      const kills = {
        worker: round.worker.slice(i, i + 1),
        marketplace: round.marketplace.slice(i, i + 1),
      };
      await live(kills, (unreached) => {
        alone.worker.push(...unreached.worker);
        alone.marketplace.push(...unreached.marketplace);
      });
    }
  }
  const named = `${lives} lives: ${boundaries.join(' ')}`;
  process.stdout.write(`# note: kill -9 at ${boundaries.length} boundaries, ${named}\n`);
});
