import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Customer } from '../lib/customer.js';
import { Marketplace } from '../lib/marketplace.js';
import { RelayUser } from '../lib/relay_user.js';
import { startWorld } from '../lib/world.js';

let world;
let marketplace;
let customer;
let order;
let events;

before(async () => {
  world = await startWorld();
  marketplace = new Marketplace(world.info);
  customer = new Customer(world, marketplace);
});
after(async () => {
  marketplace?.close();
  await world?.stop();
});

test('a channel signed by xrpl.js is registered with what the ledger holds', async () => {
  const channel = await customer.openChannel(100_000_000);
  assert.equal(channel.capacity, '100000000');
  assert.equal(channel.accepted, '0');
  assert.equal(channel.status, 'open');
});

test('an order signed by nostr-tools is accepted once and answered for ever alike', async () => {
  const event = customer.event('order', {
    plan: world.info.operators[0].plan,
    relay_name: 'A relay of my own',
  });
  const first = await marketplace.call('OrderService', 'PlaceOrder', { event });
  const again = await marketplace.call('OrderService', 'PlaceOrder', { event });
  assert.deepEqual(again, first);
  order = first.order;
  assert.equal(order.state, 'ORDER_STATE_AWAITING_PAYMENT');
  assert.match(order.name, /^orders\/[a-z2-7]{26}$/);
});

test('a claim signed by xrpl.js pays it and queues it', async () => {
  const paid = await customer.pay(order);
  const due = order.due.find(({ rail }) => rail === 'xrp');
  assert.equal(paid.credited, due.amount);
  assert.equal(paid.channel.held, due.amount);
  assert.equal(paid.channel.unapplied, '0');
  assert.notEqual(paid.order.state, 'ORDER_STATE_AWAITING_PAYMENT');
});

test('the relay becomes active, and every event of the way is numbered without gaps', async () => {
  events = await customer.watchUntil(order.name, 'ORDER_STATE_ACTIVE');
  events.forEach((event, index) => assert.equal(event.number, String(index + 1)));
  order = await customer.order(order.name);
  assert.equal(order.acceptance.accepted, true);
  assert.equal(order.acceptance.prober, 'marketplace');
  assert.ok(order.acceptance.checks.every(({ passed }) => passed));
  assert.ok(order.acceptance.checks.length >= 8);
});

test('nostr-tools talks to the relay under its public name over verified TLS', async () => {
  const user = new RelayUser(order.relay_url, world.info.edge[0], world.info.relay_ca_file);
  await user.connect();
  const note = user.note(`hello ${Date.now()}`);
  await user.relay.publish(note);
  const [read] = await user.read({ ids: [note.id] });
  assert.equal(read.content, note.content);
  user.close();
  const nip11 = await user.get('/', { accept: 'application/nostr+json' });
  assert.equal(nip11.status, 200);
  assert.equal(JSON.parse(nip11.body).name, 'A relay of my own');
  const health = JSON.parse((await user.get('/health')).body);
  assert.equal(health.services.postgresql, 'ok');
  assert.equal((await user.get('/dashboard')).status, 401);
});

test('revenue and cost grow, and the margin is their difference to the micro-dollar', async () => {
  const margin = await world.until(60, async () => {
    const answer = await marketplace.call(
      'FinanceService',
      'GetMargin',
      { customer: customer.pubkey },
      await world.secretKey('finance'),
    );
    const { revenue_usd_micros: revenue, lease_cost_usd_micros: cost } = answer.margin;
    return BigInt(revenue) > 0n && BigInt(cost) > 0n ? answer.margin : undefined;
  });
  assert.equal(
    BigInt(margin.margin_usd_micros),
    BigInt(margin.revenue_usd_micros) -
      BigInt(margin.lease_cost_usd_micros) -
      BigInt(margin.other_cost_usd_micros),
  );
  process.stdout.write(
    `# note: revenue ${margin.revenue_usd_micros}, lease ${margin.lease_cost_usd_micros}, ` +
      `margin ${margin.margin_usd_micros} micro-dollars\n`,
  );
});

test('closing ends the lease on chain and the relay at the edge', async () => {
  await marketplace.call('OrderService', 'CancelOrder', {
    event: customer.event('cancel', { order: order.name, reason: 'enough' }),
  });
  await customer.watchUntil(order.name, 'ORDER_STATE_CLOSED', 60);
  const user = new RelayUser(order.relay_url, world.info.edge[0], world.info.relay_ca_file);
  const status = await user.get('/health').then(
    (answer) => answer.status,
    (error) => error.code,
  );
  assert.notEqual(status, 200);
});

test('a second order is paid by an ed25519 channel', async () => {
  const other = new Customer(world, marketplace, { algorithm: 'ed25519' });
  await other.openChannel(50_000_000);
  const placed = await other.placeOrder();
  const paid = await other.pay(placed);
  assert.notEqual(paid.order.state, 'ORDER_STATE_AWAITING_PAYMENT');
  await other.watchUntil(placed.name, 'ORDER_STATE_ACTIVE');
});
