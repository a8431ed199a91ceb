// A world that leases on a network that is there already, with a wallet of that network.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { build } from '../lib/world.js';

const IMAGE = 'registry.test/relay:1.2.3';
const sandbox = (program) => path.join(build, 'akash/sandbox', program);
const stack = path.join(build, 'cli/stack/berth-stack');

let folder;
let network;
let ready;
let environment;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-network-'));
  const home = path.join(folder, 'home');
  const words = ['keys', 'add', 'payer', '--home', home, '--keyring-backend', 'test', '-o', 'json'];
  const key = JSON.parse(execFileSync(sandbox('akash'), words));
  network = spawn(sandbox('berth-akash-sandbox'), [
    '--chain_id=their-chain-7',
    '--block_time=500ms',
    `--data_dir=${folder}/chain`,
    `--ready_file=${folder}/ready`,
    `--genesis=${key.address}=50000000uakt+500000000uact`,
    `--images=${IMAGE}=${build}/relay-image/berth-relay`,
  ]);
  const limit = Date.now() + 30_000;
  while (!existsSync(`${folder}/ready`) && Date.now() < limit) {
    await new Promise((done) => setTimeout(done, 50));
  }
  ready = JSON.parse(await readFile(`${folder}/ready`));
  environment = {
    BERTH_AKASH: sandbox('akash'),
    BERTH_PROVIDER_SERVICES: sandbox('provider-services'),
    BERTH_AKASH_HOME: home,
    BERTH_AKASH_NODE: ready.node,
    BERTH_AKASH_CHAIN_ID: 'their-chain-7',
    BERTH_AKASH_FROM: 'payer',
    BERTH_RELAY_IMAGE: IMAGE,
  };
});

after(async () => {
  if (network?.exitCode === null) {
    network.kill('SIGTERM');
    await new Promise((done) => network.once('close', done));
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

function quickstart(settings, more) {
  const words = ['quickstart', '--once', '--json', '--folder', path.join(folder, 'world')];
  for (const setting of settings) words.push('--set', setting);
  const child = spawn(stack, words, { env: { ...process.env, ...more } });
  const output = { out: '', err: '' };
  child.stdout.on('data', (text) => (output.out += text));
  child.stderr.on('data', (text) => (output.err += text));
  return new Promise((done) => child.once('close', (code) => done({ ...output, code })));
}

test('an order is leased on the network that the environment names', async () => {
  const run = await quickstart(
    [
      `worker.edge.ingress_port=${ready.ingress_port}`,
      `worker.edge.ingress_ca_file=${ready.ca_file}`,
      'worker.akash.bid_window=3s',
    ],
    environment,
  );
  assert.equal(run.code, 0, run.err);
  assert.match(run.err, /The lease is signed\.\n.*The provider has its manifest\./);
  const outcome = JSON.parse(run.out.trim().split('\n').at(-1));
  assert.equal(outcome.state, 'ACTIVE');
  const chain = path.join(folder, 'world/akash/chain');
  assert.ok(!existsSync(chain), 'a network of its own was started');
});

test('an order is leased where the nodes take no unordered transactions', async () => {
  const control = (...words) =>
    execFileSync(sandbox('berth-akash-sandbox'), ['ctl', ready.node, ...words]);
  control('unordered', 'mode=no');
  try {
    const run = await quickstart(
      [
        `worker.edge.ingress_port=${ready.ingress_port}`,
        `worker.edge.ingress_ca_file=${ready.ca_file}`,
        'worker.akash.bid_window=3s',
      ],
      environment,
    );
    assert.equal(run.code, 0, run.err);
    assert.equal(JSON.parse(run.out.trim().split('\n').at(-1)).state, 'ACTIVE');
    const log = await readFile(path.join(folder, 'world/worker/log'), 'utf8');
    assert.match(log, /signed in order from now on/);
  } finally {
    control('heal');
  }
});

test('half of the settings is refused before anything starts', async () => {
  const run = await quickstart([], { BERTH_AKASH: sandbox('akash') });
  assert.equal(run.code, 1);
  assert.match(run.err, /BERTH_AKASH_NODE.*NETWORK_INCOMPLETE/);
});

test('a network that does not answer is named, and nothing stays behind', async () => {
  const run = await quickstart([], { ...environment, BERTH_AKASH_NODE: 'http://127.0.0.1:9' });
  assert.equal(run.code, 1);
  assert.match(run.err, /berth wallet/);
  assert.ok(!existsSync(path.join(folder, 'world/worker')));
});
