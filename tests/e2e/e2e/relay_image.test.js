// The relay's image, run by the stand-in providers as containers; its program where they cannot.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { Customer } from '../lib/customer.js';
import { kinds, Marketplace, sign } from '../lib/marketplace.js';
import { RelayUser } from '../lib/relay_user.js';
import { startWorld } from '../lib/world.js';

const NOBODY = '65534';
const isAlive = (pid) => existsSync(`/proc/${pid}`);

/// What the kernel tells of a process; nothing of one that has ended meanwhile.
function told(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/// Process ids by what their command line holds.
function processesWith(text) {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => told(pid, 'cmdline').includes(text));
}

/// Of a process: the fields of its status.
function statusOf(pid) {
  const lines = told(pid, 'status').split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2)));
}

async function activeRelay(world, terms) {
  const marketplace = new Marketplace(world.info);
  const customer = new Customer(world, marketplace);
  await customer.openChannel(100_000_000);
  const order = await customer.placeOrder(terms);
  await customer.pay(order);
  await customer.watchUntil(order.name, 'ORDER_STATE_ACTIVE');
  const active = await customer.order(order.name);
  marketplace.close();
  return active;
}

/// runc of the world's one container, and the relay in it.
function containerOf(world) {
  const [runc] = processesWith(`${world.info.folder}/akash/chain/containers/`);
  if (runc === undefined) return undefined;
  const relay = processesWith('/bin/berth-relay').find((pid) => statusOf(pid).PPid === runc);
  return relay === undefined ? undefined : { runc, relay };
}

async function isWell(world, order) {
  const user = new RelayUser(order.relay_url, world.info.edge[0], world.info.relay_ca_file);
  const answer = await user.get('/health').catch(() => undefined);
  return answer?.status === 200 ? true : undefined;
}

let world;
let order;
let container;

before(async () => {
  world = await startWorld();
  order = await activeRelay(world);
});
after(() => world?.stop());

test('a leased relay is a container of its image, unprivileged, on a read-only root', () => {
  const { runs_as: runsAs, digest, why_not: whyNot } = world.info.relay_runtime;
  assert.equal(runsAs, 'container', whyNot);
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  container = containerOf(world);
  const status = statusOf(container.relay);
  assert.equal(status.CapEff, '0000000000000000');
  assert.equal(status.NoNewPrivs, '1');
  if (process.getuid() === 0) assert.equal(status.Uid.split('\t')[0], NOBODY);
  const mounts = readFileSync(`/proc/${container.relay}/mountinfo`, 'utf8').split('\n');
  const root = mounts.find((line) => line.split(' ')[4] === '/');
  assert.match(root.split(' ')[5], /^ro\b/);
});

test('a relay that is killed in its container comes back in another', async () => {
  process.kill(Number(container.relay), 'SIGKILL');
  const before = container;
  container = await world.until(30, () => {
    const found = containerOf(world);
    return found && found.runc !== before.runc ? found : undefined;
  });
  assert.ok(await world.until(30, () => isWell(world, order)));
});

test('no container outlives a killed provider, and the next one starts it again', async () => {
  const before = container;
  process.kill(world.info.pids.akash, 'SIGKILL');
  await world.until(10, () => (isAlive(before.relay) || isAlive(before.runc) ? undefined : true));
  assert.ok(await world.until(60, () => isWell(world, order)));
  container = containerOf(world);
  assert.notEqual(container.relay, before.relay);
});

test('a stopped world leaves no container behind', async () => {
  const { folder } = world.info;
  await world.stop();
  assert.deepEqual(processesWith(folder), []);
  assert.ok(!isAlive(container.relay));
});

/// The operator's plan once more, without a volume for the database; its name.
async function planWithoutVolume(world) {
  const file = readFileSync(`${world.info.folder}/plans/operator.json`, 'utf8');
  const plan = { ...JSON.parse(file), name: 'plans/fleeting' };
  plan.resources.storageClass = '';
  const marketplace = new Marketplace(world.info);
  const key = await world.secretKey('operator');
  const event = sign(key, kinds.action, { putPlan: { plan } }, marketplace.pubkey);
  await marketplace.call('OperatorService', 'Act', { event });
  marketplace.close();
  return plan.name;
}

/// Publishes a note, kills the database of the world's one lease and the relay after it, and tells
/// whether the note is still there.
async function keepsANote(world, order) {
  const child = (program) =>
    processesWith(program).find((pid) => statusOf(pid).PPid === `${world.info.pids.akash}`);
  const user = new RelayUser(order.relay_url, world.info.edge[0], world.info.relay_ca_file);
  await user.connect();
  const note = user.note('to be kept');
  await user.relay.publish(note);
  user.close();
  for (const program of ['/bin/postgres', 'berth-relay']) {
    const before = child(program);
    process.kill(Number(before), 'SIGKILL'); // What a relay holds in memory is no proof.
    await world.until(30, () => (child(program) ?? before) !== before || undefined);
  }
  assert.ok(await world.until(60, () => isWell(world, order)));
  await user.connect();
  const [kept] = await user.read({ ids: [note.id] });
  user.close();
  return kept?.content === note.content;
}

test('where no container can be started a lease runs the program', async () => {
  const bare = await startWorld(['--set', 'akash.runc=/bin/false']);
  try {
    assert.equal(bare.info.relay_runtime.runs_as, 'program');
    assert.match(bare.info.relay_runtime.why_not, /\/bin\/false/);
    const leased = await activeRelay(bare);
    assert.equal(containerOf(bare), undefined);
    assert.ok(await isWell(bare, leased));
    const log = readFileSync(`${bare.info.folder}/akash/log`, 'utf8');
    assert.match(log, /cannot be run here/);
    assert.ok(await keepsANote(bare, leased), 'its plan has a volume');
  } finally {
    await bare.stop();
  }
});

test('without a volume a relay loses its events with its database', async () => {
  const bare = await startWorld(['--set', 'akash.runc=/bin/false']);
  try {
    const leased = await activeRelay(bare, { plan: await planWithoutVolume(bare) });
    assert.equal(await keepsANote(bare, leased), false);
  } finally {
    await bare.stop();
  }
});
