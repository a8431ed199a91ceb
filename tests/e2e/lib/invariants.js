// The invariants of the design, looked up in the database and on the chain. Each returns what
// breaks it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { root } from './world.js';

const page = path.join(root, 'docs/state-machine.md');
const states = [
  '',
  'AWAITING_PAYMENT',
  'QUEUED',
  'PROVISIONING',
  'ACTIVE',
  'DEGRADED',
  'SUSPENDED',
  'HIBERNATED',
  'CLOSING',
  'CLOSED',
  'FAILED',
  'CANCELLED',
];

function allowedMoves() {
  const row = /^\|\s*`?([A-Z_]+)`?\s*\|\s*`?([A-Z_]+)`?\s*\|/gm;
  return new Set(
    [...readFileSync(page, 'utf8').matchAll(row)].map(([, from, to]) => `${from} ${to}`),
  );
}

async function onChain(world) {
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
  const { leases } = await world.akash(
    'query',
    'market',
    'lease',
    'list',
    '--owner',
    wallet,
    '--state',
    'active',
    '--gseq',
    '0',
    '--oseq',
    '0',
  );
  return {
    deployments: deployments.map(({ deployment }) => deployment.id.dseq),
    leases: leases.map(({ lease }) => lease.id.dseq),
  };
}

const checks = {
  // At most one live lease an order, and no deployment that no order may have.
  async oneLeaseAndNoOrphan(world) {
    const chain = await onChain(world);
    const rows = await world.sql(`SELECT dseq, state FROM orders WHERE dseq IS NOT NULL`);
    const live = new Set(
      rows.filter(([, state]) => Number(state) >= 3 && Number(state) <= 8).map(([dseq]) => dseq),
    );
    return [
      ...chain.leases
        .filter((dseq, index) => chain.leases.indexOf(dseq) !== index)
        .map((d) => `two leases of ${d}`),
      ...chain.deployments.filter((dseq) => !live.has(dseq)).map((d) => `orphan ${d}`),
    ];
  },
  creditOnce: (world) =>
    world.sql(`
    SELECT channel_id, accepted, baseline, credited FROM channels JOIN LATERAL (
      SELECT coalesce(sum(credited), 0) AS credited FROM claims
      WHERE (claims.customer_id, claims.rail, claims.channel_id) =
            (channels.customer_id, channels.rail, channels.channel_id)) AS c ON true
    WHERE accepted - baseline <> credited OR redeemed > accepted OR accepted > capacity`),
  // A row is a debit and a credit of one amount; what can differ is the rollup and the holds.
  rollupIsTheEntries: (world) =>
    world.sql(`
    SELECT * FROM (
      SELECT customer_id, operator_id, month,
             sum(usd_micros) FILTER (WHERE credit = 'revenue') AS revenue
      FROM entries GROUP BY 1, 2, 3) AS e
    JOIN margins USING (customer_id, operator_id, month)
    WHERE coalesce(e.revenue, 0) <> margins.revenue_usd_micros`),
  deliveredFirst: (world) =>
    world.sql(`
    SELECT order_id FROM entries JOIN orders USING (customer_id, order_id)
    WHERE credit = 'revenue' AND (active_at IS NULL OR acceptance = '')`),
  holdsFitStates: (world) =>
    world.sql(`
    SELECT order_id, orders.state, holds.state FROM holds JOIN orders USING (customer_id, order_id)
    WHERE (holds.state = 'held' AND orders.state IN (4, 9, 10, 11))
       OR (holds.state = 'deferred' AND active_at IS NULL)
       OR (holds.state = 'released' AND active_at IS NOT NULL)`),
  eventsHaveNoGaps: (world) =>
    world.sql(`
    SELECT order_id, count(*), max(number), max(last_event)
    FROM order_events JOIN orders USING (customer_id, order_id)
    GROUP BY order_id HAVING count(*) <> max(number) OR max(number) <> max(last_event)`),
  async forwardOnly(world) {
    const allowed = allowedMoves();
    const rows = await world.sql(`
      SELECT order_id, lag(state) OVER (PARTITION BY order_id ORDER BY number) AS before, state
      FROM order_events`);
    return rows.filter(
      ([, from, to]) => from && from !== to && !allowed.has(`${states[from]} ${states[to]}`),
    );
  },
  oneTransactionPerMessage: (world) =>
    world.sql(`
    SELECT message_id, count(*)
    FROM transaction_messages JOIN transactions USING (operator_id, hash)
    WHERE transactions.state = 'committed' GROUP BY message_id HAVING count(*) > 1`),
};

export async function assertInvariants(world, when) {
  for (const [name, check] of Object.entries(checks)) {
    assert.deepEqual(await check(world), [], `${name} is broken ${when}`);
  }
}
