// Kill -9 at every named boundary of an order's life. Each order has to reach its end all
// the same, and every invariant has to hold.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
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
const trail = path.join(mkdtempSync(path.join(tmpdir(), 'berth-kill-')), 'boundaries');

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
});

const serverOf = (boundary) =>
  boundary.slice(0, boundary.indexOf('.')).replace('market', 'marketplace');

// A request is repeated as it is until it is answered: its event makes that safe.
async function persist(request) {
  return world.until(60, async () => {
    try {
      return await request();
    } catch (error) {
      if ([1, 2, 4, 14].includes(error.code)) return undefined;
      throw error;
    }
  });
}

// One whole life: placed, paid, active, closed. Signed once, sent as often as it takes.
async function wholeLife() {
  const customer = new Customer(world, marketplace);
  await persist(() => customer.openChannel(50_000_000));
  const placing = customer.event('order', { plan: world.info.operators[0].plan });
  const { order } = await persist(() =>
    marketplace.call('OrderService', 'PlaceOrder', { event: placing }),
  );
  const drops = order.due.find(({ rail }) => rail === 'xrp').amount;
  const paying = customer.claimEvent(order.name, drops);
  const paid = await persist(() =>
    marketplace.call('PaymentService', 'SubmitClaim', { event: paying }),
  );
  assert.equal(paid.credited, drops);
  await customer.watchUntil(order.name, 'ORDER_STATE_ACTIVE', 90);
  await assertInvariants(world, 'while active');
  const cancelling = customer.event('cancel', { order: order.name });
  await persist(() => marketplace.call('OrderService', 'CancelOrder', { event: cancelling }));
  await customer.watchUntil(order.name, 'ORDER_STATE_CLOSED', 90);
  const channel = await persist(() => customer.channel());
  assert.equal(channel.accepted, drops);
  assert.equal(channel.held, '0');
  return { customer, order };
}

test('kill -9 at each boundary of an order loses and doubles nothing', async (t) => {
  const passed = () => (existsSync(trail) ? readFileSync(trail, 'utf8').split('\n').filter(Boolean) : []);
  const beforeTheOrder = passed().length;
  await wholeLife();
  const boundaries = [...new Set(passed().slice(beforeTheOrder))];
  assert.ok(boundaries.length >= 20, `only ${boundaries.length} boundaries: ${boundaries}`);
  for (const boundary of boundaries) {
    await t.test(boundary, async () => {
      const server = serverOf(boundary);
      const before = world.events.length;
      const armed = await world.command({ do: 'restart', server, failpoint: boundary });
      assert.ok(armed.ok, JSON.stringify(armed));
      await wholeLife();
      const ended = world.events
        .slice(before)
        .find((event) => event.event === 'ended' && event.server === server);
      assert.match(ended?.how ?? 'it was not killed', /signal 9|SIGKILL/);
      await assertInvariants(world, `after kill -9 at ${boundary}`);
    });
  }
  process.stdout.write(
    `# note: kill -9 at ${boundaries.length} boundaries: ${boundaries.join(' ')}\n`,
  );
});
