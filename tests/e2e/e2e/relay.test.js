// Clients of others against the bare relay: nostr-tools as it comes from its registry.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { SimplePool, useWebSocketImplementation as usePoolSocket } from 'nostr-tools/pool';
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay';
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure';
import { makeAuthEvent } from 'nostr-tools/nip42';
import * as nip11 from 'nostr-tools/nip11';
import * as nip17 from 'nostr-tools/nip17';
// The package has it, but exports no name for it.
import { Negentropy, NegentropyStorageVector } from '../node_modules/nostr-tools/lib/esm/nip77.js';

import { BareRelay } from '../lib/bare_relay.js';

useWebSocketImplementation(WebSocket);
usePoolSocket(WebSocket);

let bare;
let relay;
const alice = generateSecretKey();
const bob = generateSecretKey();

before(async () => {
  bare = await BareRelay.start();
  relay = await Relay.connect(bare.url);
});
after(async () => {
  relay?.close();
  await bare?.stop();
});

const now = () => Math.floor(Date.now() / 1000);

function sign(key, template = {}) {
  return finalizeEvent({ kind: 1, created_at: now(), tags: [], content: '', ...template }, key);
}

/// The stored events of a filter.
function read(from, filter) {
  return new Promise((resolve, reject) => {
    const events = [];
    const subscription = from.subscribe([filter], {
      onevent: (event) => events.push(event),
      oneose: () => {
        resolve(events);
        subscription.close();
      },
      onclose: (why) => reject(new Error(why)),
    });
  });
}

function authenticate(connection, key) {
  return connection.auth(async (template) => finalizeEvent(template, key));
}

test('nostr-tools reads what the relay says of itself', async () => {
  nip11.useFetchImplementation(fetch);
  const information = await nip11.fetchRelayInformation(bare.url);
  assert.match(information.version, /^berth-relay \d+\.\d+\.\d+$/);
  for (const nip of [1, 11, 42, 45, 50, 59, 62, 67, 70, 77]) {
    assert.ok(information.supported_nips.includes(nip), `NIP-${nip}`);
  }
});

test('nostr-tools publishes, reads back and follows', async () => {
  const note = sign(alice, { content: 'line\nquote" \u{1F30A}', tags: [['t', 'berth']] });
  const live = new Promise((resolve) => {
    relay.subscribe([{ kinds: [1], '#t': ['berth'] }], { onevent: resolve });
  });
  await relay.publish(note);
  assert.equal((await live).id, note.id);
  const [stored] = await read(relay, { ids: [note.id] });
  assert.equal(JSON.stringify(stored, Object.keys(note)), JSON.stringify(note));
  assert.ok(verifyEvent(stored));
  await relay.publish(note);
  await assert.rejects(relay.publish({ ...note, content: 'changed' }), /invalid:/);
});

test('a pool of nostr-tools queries and publishes', async () => {
  const pool = new SimplePool();
  const note = sign(bob, { content: 'by a pool', kind: 30023, tags: [['d', 'pool']] });
  await Promise.all(pool.publish([bare.url], note));
  const found = await pool.querySync([bare.url], { authors: [getPublicKey(bob)] });
  assert.deepEqual(found.map((event) => event.id), [note.id]);
  assert.equal((await pool.get([bare.url], { kinds: [30023] })).id, note.id);
  pool.close([bare.url]);
});

test('nostr-tools counts and searches', async () => {
  const note = sign(alice, { content: 'a lighthouse at night' });
  await relay.publish(note);
  assert.equal(await relay.count([{ authors: [getPublicKey(alice)], kinds: [1] }]), 2);
  const found = await read(relay, { search: 'Lighthouse' });
  assert.deepEqual(found.map((event) => event.id), [note.id]);
});

test('nostr-tools deletes', async () => {
  const note = sign(alice, { content: 'a mistake' });
  await relay.publish(note);
  await relay.publish(sign(alice, { kind: 5, tags: [['e', note.id]] }));
  assert.deepEqual(await read(relay, { ids: [note.id] }), []);
  await assert.rejects(relay.publish(note), /blocked:/);
});

test('nostr-tools authenticates and publishes what is protected', async () => {
  const note = sign(alice, { content: 'for this relay alone', tags: [['-']] });
  const other = await Relay.connect(bare.url);
  await assert.rejects(other.publish(note), /auth-required:/);
  await authenticate(other, alice);
  await other.publish(note);
  other.close();
  assert.equal(makeAuthEvent(bare.url, 'x').kind, 22242);
});

test('a private message reaches its reader and nobody else', async () => {
  const to = { publicKey: getPublicKey(bob), relayUrl: bare.url };
  const wrap = nip17.wrapEvent(alice, to, 'meet me at the pier');
  await relay.publish(wrap);
  const filter = { kinds: [1059], '#p': [getPublicKey(bob)] };
  await assert.rejects(read(relay, filter), /auth-required:/);
  const eve = await Relay.connect(bare.url);
  await authenticate(eve, generateSecretKey());
  assert.deepEqual(await read(eve, filter), []);
  assert.equal(await eve.count([filter]), 0);
  const reader = await Relay.connect(bare.url);
  await authenticate(reader, bob);
  const [received] = await read(reader, filter);
  assert.equal(nip17.unwrapEvent(received, bob).content, 'meet me at the pier');
  eve.close();
  reader.close();
});

test('a key vanishes', async () => {
  const key = generateSecretKey();
  const note = sign(key, { content: 'soon gone', created_at: now() - 5 });
  await relay.publish(note);
  await relay.publish(sign(key, { kind: 62, tags: [['relay', bare.url]] }));
  assert.deepEqual(await read(relay, { ids: [note.id] }), []);
  await assert.rejects(relay.publish(note), /blocked:/);
});

/// Where websocat is, if it is installed: from a package, or `cargo install websocat`.
const websocat = [process.env.WEBSOCAT, '/usr/bin/websocat', '/usr/local/bin/websocat']
  .concat(path.join(process.env.HOME ?? '', '.cargo/bin/websocat'))
  .find((file) => file && existsSync(file));

test('websocat drives it by hand', { skip: !websocat && 'no websocat here' }, async () => {
  const note = sign(alice, { content: 'typed', tags: [['t', 'websocat']] });
  const program = spawn(websocat, ['--text', '--no-close', bare.url]);
  const lines = createInterface({ input: program.stdout });
  const answers = [];
  const ended = new Promise((resolve) => {
    lines.on('line', (line) => {
      const message = JSON.parse(line);
      answers.push(message);
      if (message[0] === 'EOSE') resolve();
    });
  });
  program.stdin.write(`${JSON.stringify(['EVENT', note])}\n`);
  await new Promise((resolve) => {
    lines.on('line', (line) => JSON.parse(line)[0] === 'OK' && resolve());
  });
  program.stdin.write(`${JSON.stringify(['REQ', 's', { '#t': ['websocat'] }])}\n`);
  await ended;
  program.kill();
  assert.deepEqual(answers.map(([verb]) => verb), ['AUTH', 'OK', 'EVENT', 'EOSE']);
  assert.deepEqual(answers[2], ['EVENT', 's', JSON.parse(JSON.stringify(note))]);
});

/// Reconciles by nostr-tools' own implementation of the protocol.
async function reconcile(storage, filter) {
  const socket = new WebSocket(bare.url);
  await once(socket, 'open');
  const negentropy = new Negentropy(storage);
  const have = [];
  const need = [];
  const ended = new Promise((resolve, reject) => {
    socket.on('message', (data) => {
      const [verb, , message] = JSON.parse(data);
      if (verb === 'NEG-ERR') reject(new Error(message));
      if (verb !== 'NEG-MSG') return;
      const next = negentropy.reconcile(message, (id) => have.push(id), (id) => need.push(id));
      if (!next) resolve();
      else socket.send(JSON.stringify(['NEG-MSG', 'n', next]));
    });
  });
  socket.send(JSON.stringify(['NEG-OPEN', 'n', filter, negentropy.initiate()]));
  await ended;
  socket.close();
  return { have: have.sort(), need: need.sort() };
}

test('nostr-tools finds by negentropy what either side lacks', async () => {
  const key = generateSecretKey();
  const filter = { authors: [getPublicKey(key)] };
  const both = [];
  const only = { here: [], there: [] };
  relay.publishTimeout = 60_000;
  const publishing = [];
  for (let i = 0; i < 1500; ++i) {
    // Many share a second, so that bounds have to tell ids apart.
    const event = sign(key, { content: `${i}`, created_at: 1_700_000_000 + (i % 97) });
    const side = i % 10 === 3 ? only.here : i % 10 === 7 ? only.there : both;
    side.push(event);
    if (side !== only.here) publishing.push(relay.publish(event));
  }
  await Promise.all(publishing);
  const storage = new NegentropyStorageVector();
  for (const event of [...both, ...only.here]) storage.insert(event.created_at, event.id);
  storage.seal();
  const found = await reconcile(storage, filter);
  assert.deepEqual(found.have, only.here.map((event) => event.id).sort());
  assert.deepEqual(found.need, only.there.map((event) => event.id).sort());
});
