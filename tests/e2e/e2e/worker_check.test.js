// `berth-worker --check` beside a network: what it says, and that it spends nothing.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { build } from '../lib/world.js';

const CHAIN = 'check-chain-1';
const NOBODY = 'http://127.0.0.1:9';
const sandbox = (program) => path.join(build, 'akash/sandbox', program);

let folder;
let network;
let node;
let addresses;

function addKey(name) {
  const home = path.join(folder, 'home');
  const words = ['keys', 'add', name, '--home', home, '--keyring-backend', 'test', '-o', 'json'];
  return JSON.parse(execFileSync(sandbox('akash'), words)).address;
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-check-'));
  addresses = { rich: addKey('rich'), poor: addKey('poor') };
  network = spawn(sandbox('berth-akash-sandbox'), [
    `--chain_id=${CHAIN}`,
    '--block_time=200ms',
    `--data_dir=${folder}/chain`,
    `--ready_file=${folder}/ready`,
    `--genesis=${addresses.rich}=50000000uakt+500000000uact,${addresses.poor}=10uakt+1uact`,
  ]);
  const limit = Date.now() + 30_000;
  while (!existsSync(`${folder}/ready`) && Date.now() < limit) {
    await new Promise((done) => setTimeout(done, 50));
  }
  node = JSON.parse(await readFile(`${folder}/ready`)).node;
  for (const key of ['key', 'sealing.key']) {
    await writeFile(path.join(folder, key), randomBytes(32).toString('hex'), { mode: 0o600 });
  }
});

after(async () => {
  if (network?.exitCode === null) {
    network.kill('SIGTERM');
    await new Promise((done) => network.once('close', done));
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

/// Runs the check with other settings than those of a sound wallet; the chain's part of its lines.
function check(other = {}) {
  const settings = {
    key_file: path.join(folder, 'key'),
    sealing_key_file: path.join(folder, 'sealing.key'),
    state_folder: path.join(folder, 'state'),
    'marketplace.address': '127.0.0.1:9',
    'marketplace.plaintext': true,
    'akash.program': sandbox('akash'),
    'akash.provider_services': sandbox('provider-services'),
    'akash.home': path.join(folder, 'home'),
    'akash.from': 'rich',
    'akash.chain_id': CHAIN,
    'akash.nodes': node,
    'dns.zone': 'berth.test',
    'dns.primary': '127.0.0.1:9',
    'dns.tsig_file': path.join(folder, 'tsig'),
    'edge.folder': path.join(folder, 'edge'),
    'edge.address': '127.0.0.1',
    'edge.wildcard_zone': 'relays.berth.test',
    'acme.email': 'ops@berth.test',
    'acme.directory': 'https://127.0.0.1:9/dir',
    ...other,
  };
  const words = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const run = spawnSync(path.join(build, 'worker/berth-worker'), ['--check=true', ...words], {
    encoding: 'utf8',
  });
  assert.equal(run.status, 1, `without name server and edge it is not all well: ${run.stderr}`);
  const lines = run.stdout.trim().split('\n');
  const line = (what) => lines.find((one) => one.slice(8).startsWith(what)) ?? `no line ${what}`;
  return { line, text: run.stdout };
}

function query(...words) {
  const argv = ['query', ...words, '--node', node, '-o', 'json'];
  return JSON.parse(execFileSync(sandbox('akash'), argv));
}

const account = () => query('auth', 'account', addresses.rich).account;
const balances = () => query('bank', 'balances', addresses.rich).balances;

test('a sound wallet signs and reaches the chain, and nothing is spent', () => {
  const before_it = [account(), balances()];
  const { line } = check();
  assert.match(line(`node ${node}`), /^ok .*: height \d+ of check-chain-1$/);
  assert.equal(line("wallet's key"), `ok      wallet's key: ${addresses.rich}`);
  assert.equal(line('gas money'), 'ok      gas money: 50000000uakt');
  assert.equal(line('deposit money'), 'ok      deposit money: 500000000uact');
  assert.match(line('deposits'), /^ok .*from 500000uact$/);
  assert.match(line('signing'), /^ok .*signed and simulated, not sent; the fee would be \d+uakt$/);
  assert.deepEqual([account(), balances()], before_it);
  assert.equal(query('txs', '--events', `message.sender=${addresses.rich}`).total_count, '0');
});

test('a node that is down is named, and the next one serves', () => {
  const { line } = check({ 'akash.nodes': `${NOBODY},${node}` });
  assert.match(line(`node ${NOBODY}`), /^failed .*NODE_UNAVAILABLE: .*connection refused/);
  assert.match(line(`node ${node}`), /^ok /);
  assert.match(line('gas money'), /^ok /);
  assert.match(line('signing'), /^ok /);
});

test('where every node is down, each line says so', () => {
  const { line } = check({ 'akash.nodes': NOBODY });
  assert.match(line("wallet's key"), /^ok /);
  for (const what of ['gas money', 'deposit money', 'signing']) {
    assert.match(line(what), /^failed .*NODE_UNAVAILABLE: .*connection refused/);
  }
});

test('another chain is named beside the one that is wanted', () => {
  const { line } = check({ 'akash.chain_id': 'akashnet-2' });
  assert.equal(
    line('node'),
    `failed  node ${node}: WRONG_CHAIN: It serves check-chain-1, but ` +
      '`akash.chain_id` is akashnet-2.',
  );
});

test('a wallet without gas is told how much it lacks', () => {
  const { line } = check({ 'akash.from': 'poor' });
  assert.equal(
    line('gas money'),
    `failed  gas money: INSUFFICIENT_FUNDS: The wallet ${addresses.poor} holds 10uakt and ` +
      'needs at least 100000uakt.',
  );
  assert.match(line('deposit money'), /INSUFFICIENT_FUNDS: .* holds 1uact and needs/);
});

test('a missing key is named once, and what needs it is left out', () => {
  const { line } = check({ 'akash.from': 'nobody' });
  assert.match(line("wallet's key"), /^failed .*KEY_MISSING: The keyring has no key nobody/);
  for (const what of ['gas money', 'deposit money', 'signing']) {
    assert.equal(line(what), `skipped ${what}: it needs the wallet's key.`);
  }
});

test('a chain that takes no such deposits is found out', () => {
  const { line } = check({ 'akash.denom': 'uusd' });
  assert.match(line('deposits'), /DENOM_NOT_ACCEPTED: The chain takes no deposits in uusd/);
});

test('where unordered transactions are refused it signs in order', () => {
  const control = (...words) =>
    execFileSync(sandbox('berth-akash-sandbox'), ['ctl', node, ...words]);
  for (const mode of ['no', 'unknown']) {
    control('unordered', `mode=${mode}`);
    const { line } = check();
    assert.match(line('signing'), /^ok .*in order since the node takes no unordered transactions/);
  }
  control('heal');
});
