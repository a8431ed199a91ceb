import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from '../lib/customer.js';
import { assertInvariants } from '../lib/invariants.js';
import { Marketplace } from '../lib/marketplace.js';
import { startWorld } from '../lib/world.js';

let world;
let marketplace;
let customer;

before(async () => {
  world = await startWorld(['--set', 'marketplace.step_budgets=choose_bid=4s']);
  marketplace = new Marketplace(world.info);
  customer = new Customer(world, marketplace);
  await customer.openChannel(100_000_000);
});
after(async () => {
  marketplace?.close();
  await world?.stop();
});

test('where no provider bids the order fails and leaves exactly the credit of before', async () => {
  await world.fault('no-bids');
  const order = await customer.placeOrder();
  const due = order.due.find(({ rail }) => rail === 'xrp').amount;
  customer.cumulative = 7_000n;
  await marketplace.call('PaymentService', 'SubmitClaim', {
    event: customer.claimEvent('', customer.cumulative),
  });
  await customer.pay(order);
  const paid = BigInt(due) + 7_000n;
  await assert.rejects(() => customer.watchUntil(order.name, 'ORDER_STATE_ACTIVE', 90), /FAILED/);

  const failed = await customer.order(order.name);
  assert.equal(failed.failure.reason, 'NO_ACCEPTABLE_BID');
  assert.equal(failed.failure.refunded, due);
  assert.ok(failed.failure.message && failed.failure.next);
  const channel = await customer.channel();
  assert.equal(channel.accepted, String(paid));
  assert.equal(channel.unapplied, String(paid));
  assert.equal(channel.held, '0');
  await assertInvariants(world, 'after the refund');

  const { wallet } = world.info.akash;
  const { deployments } = await world.akash(
    'query',
    'deployment',
    'list',
    '--owner',
    wallet,
    '--state',
    'active',
  );
  assert.deepEqual(deployments, []);
});
