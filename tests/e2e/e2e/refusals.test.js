import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { Customer } from '../lib/customer.js';
import { Marketplace } from '../lib/marketplace.js';
import { startWorld } from '../lib/world.js';

const code = { invalid: 3, notFound: 5, exists: 6, precondition: 9, unauthenticated: 16 };
const now = () => Math.floor(Date.now() / 1000);

let world;
let marketplace;
let customer;
let order;

before(async () => {
  world = await startWorld();
  marketplace = new Marketplace(world.info);
  customer = new Customer(world, marketplace);
  await customer.openChannel(100_000_000);
  order = await customer.placeOrder();
});
after(async () => {
  marketplace?.close();
  await world?.stop();
});

async function refused(call, grpcCode, reason) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, grpcCode, `${error.code} ${error.details}`);
    assert.equal(error.reason, reason, error.details);
    return true;
  });
}
const place = (event) => marketplace.call('OrderService', 'PlaceOrder', { event });
const claim = (event) => marketplace.call('PaymentService', 'SubmitClaim', { event });
const changed = (event, change) => JSON.stringify({ ...JSON.parse(event), ...change });

test('a wrong signature, a changed content and a foreign audience are refused', async () => {
  const event = customer.event('order', { plan: world.info.operators[0].plan });
  const other = customer.event('order', { plan: world.info.operators[0].plan, relay_name: 'x' });
  await refused(
    place(changed(event, { sig: JSON.parse(other).sig })),
    code.unauthenticated,
    'BAD_SIGNATURE',
  );
  await refused(place(changed(event, { content: '{}' })), code.unauthenticated, 'BAD_EVENT_ID');
  const tags = [
    ['p', getPublicKey(generateSecretKey())],
    ['v', '1'],
    ['expiration', String(now() + 300)],
  ];
  await refused(
    place(customer.event('order', { plan: world.info.operators[0].plan }, { tags })),
    code.invalid,
    'WRONG_MARKETPLACE',
  );
});

test('an expired event and one from the future are refused', async () => {
  await refused(
    place(
      customer.event('order', { plan: world.info.operators[0].plan }, { expiration: now() - 1 }),
    ),
    code.invalid,
    'EVENT_EXPIRED',
  );
  await refused(
    place(
      customer.event('order', { plan: world.info.operators[0].plan }, { createdAt: now() + 3600 }),
    ),
    code.invalid,
    'CLOCK_OFF',
  );
});

test('unknown plans, fields and kinds and malformed names are refused', async () => {
  await refused(
    place(customer.event('order', { plan: 'plans/none' })),
    code.notFound,
    'UNKNOWN_PLAN',
  );
  await refused(
    place(customer.event('order', { plan: world.info.operators[0].plan, discount: 99 })),
    code.invalid,
    'BAD_TERMS',
  );
  await refused(place(customer.event('cancel', { order: order.name })), code.invalid, 'WRONG_KIND');
  for (const host of [
    '-x.customer.test',
    'a..b',
    'x.test\nupdate add',
    'ä.test',
    `${'a'.repeat(64)}.test`,
  ]) {
    await refused(
      place(customer.event('order', { plan: world.info.operators[0].plan, custom_hostname: host })),
      code.invalid,
      'BAD_HOSTNAME',
    );
  }
});

test('what is not an event is refused by size, depth and grammar', async () => {
  await refused(place('{'), code.invalid, 'BAD_JSON');
  await refused(place('[]'), code.invalid, 'BAD_EVENT');
  await refused(place(`{"a":${'['.repeat(500)}${']'.repeat(500)}}`), code.invalid, 'TOO_DEEP');
  await refused(place(' '.repeat(300_000)), code.invalid, 'TOO_LARGE');
});

test('amounts with signs, exponents and leading zeros are refused', async () => {
  for (const cumulative of ['+1', '-1', '1e6', '0100', '1.0', '', '٣']) {
    const event = customer.event('claim', {
      rail: 'xrp',
      channel_id: customer.channelId,
      cumulative,
      order: order.name,
      signature: customer.payer.claim(customer.channelId, 1_000_000),
    });
    await refused(claim(event), code.invalid, 'BAD_AMOUNT');
  }
});

test('a claim that does not grow, is too large or of another amount is refused', async () => {
  await claim(customer.claimEvent('', 20_000));
  await refused(claim(customer.claimEvent('', 10_000)), code.exists, 'NOT_INCREASING');
  await refused(claim(customer.claimEvent('', 100_000_001)), code.precondition, 'OVER_CAPACITY');
  const event = customer.event('claim', {
    rail: 'xrp',
    channel_id: customer.channelId,
    cumulative: '5000000',
    order: order.name,
    signature: customer.payer.claim(customer.channelId, 4_000_000),
  });
  await refused(claim(event), code.unauthenticated, 'BAD_CLAIM_SIGNATURE');
});

test("somebody else's channel and order look as if they were not there", async () => {
  const stranger = new Customer(world, marketplace);
  stranger.channelId = customer.channelId;
  stranger.payer = customer.payer;
  await refused(claim(stranger.claimEvent('', 30_000)), code.notFound, 'UNKNOWN_CHANNEL');
  await refused(stranger.order(order.name), code.notFound, 'UNKNOWN_ORDER');
  await refused(
    marketplace.call('OrderService', 'CancelOrder', {
      event: stranger.event('cancel', { order: order.name }),
    }),
    code.notFound,
    'UNKNOWN_ORDER',
  );
});

test('after all of it the channel holds the one claim that was good', async () => {
  const channel = await customer.channel();
  assert.equal(channel.accepted, '20000');
  assert.equal(channel.unapplied, '20000');
  assert.equal((await customer.order(order.name)).state, 'ORDER_STATE_AWAITING_PAYMENT');
});
