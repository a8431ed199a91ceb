import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { startWorld } from '../lib/world.js';

let world;

before(async () => {
  world = await startWorld(['--operators', '2']);
});
after(() => world?.stop());

function listens(address) {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port) });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const isAlive = (pid) => existsSync(`/proc/${pid}`);

test('a world says where everything is', async () => {
  assert.match(world.info.marketplace.pubkey, /^[0-9a-f]{64}$/);
  assert.equal(world.info.operators.length, 2);
  for (const address of [world.info.marketplace.address, ...world.info.edge]) {
    assert.ok(await listens(address), address);
  }
});

test('a killed program comes back by itself', async () => {
  process.kill(world.info.pids.marketplace, 'SIGKILL');
  const limit = Date.now() + 30_000;
  const restarted = () => world.events.find((e) => e.event === 'started');
  while (!restarted() && Date.now() < limit) await new Promise((done) => setTimeout(done, 50));
  assert.equal(restarted()?.server, 'marketplace');
  assert.ok(await listens(world.info.marketplace.address));
});

test('a worker that fell with the marketplace works as soon as that is back', async () => {
  const before = world.events.length;
  await world.command({ do: 'kill', server: 'marketplace' });
  process.kill(world.info.pids.worker, 'SIGKILL');
  const waits = async () =>
    (await world.logTail('worker')).split('\n').at(-2).includes('Not registered yet') || undefined;
  await world.until(30, waits);
  assert.equal((await world.command({ do: 'start', server: 'marketplace' })).ok, true);
  // It has started once it is registered. What gRPC connects by itself would take it 15 s.
  const started = () => world.events.slice(before).find((e) => e.event === 'started');
  assert.equal((await world.until(10, started)).server, 'worker');
});

test('what is killed by command stays down until it is started', async () => {
  assert.equal((await world.command({ do: 'kill', server: 'worker' })).ok, true);
  const started = await world.command({ do: 'start', server: 'worker' });
  assert.equal(started.ok, true, JSON.stringify(started));
  assert.ok(isAlive(started.pid));
});

test('a stopped world leaves no process and no port behind', async () => {
  const { pids, marketplace } = world.info;
  await world.stop();
  assert.deepEqual(
    Object.entries(pids).filter(([, pid]) => isAlive(pid)),
    [],
  );
  assert.equal(await listens(marketplace.address), false);
});
