// `berth-relay sync` with a relay that does not know negentropy.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';

import { BareRelay } from '../lib/bare_relay.js';
import { PlainRelay } from '../lib/plain_relay.js';
import { build } from '../lib/world.js';

useWebSocketImplementation(WebSocket);
const run = promisify(execFile);

let bare;
let relay;
let plain;

before(async () => {
  bare = await BareRelay.start();
  relay = await Relay.connect(bare.url);
  relay.publishTimeout = 60_000;
  plain = await PlainRelay.start();
});
after(async () => {
  relay?.close();
  plain?.stop();
  await bare?.stop();
});

async function sync(...words) {
  const { stdout } = await run(
    path.join(build, 'relay-image/berth-relay'),
    ['sync', plain.url, ...words],
    { env: { BERTH_RELAY_DATABASE_URL: bare.databaseUrl } },
  );
  return JSON.parse(stdout);
}

test('a relay without negentropy is read page by page', async () => {
  const key = generateSecretKey();
  const publishing = [];
  for (let i = 0; i < 300; ++i) {
    // Up to thirty of one second, fewer than the other relay sends at once.
    const created_at = 1_700_000_000 + Math.floor(i / 30);
    const kind = i % 50 ? 1 : 7;
    const event = finalizeEvent({ kind, created_at, tags: [], content: `${i}` }, key);
    if (i % 3 !== 0) publishing.push(relay.publish(event));
    if (i % 3 !== 1) plain.events.set(event.id, event);
  }
  await Promise.all(publishing);
  const filter = JSON.stringify({ kinds: [1] });
  const missing = [...plain.events.values()].filter(
    (event) => event.kind === 1 && Number(event.content) % 3 === 0,
  );
  assert.deepEqual(await sync('--dir', 'down', '--filter', filter), {
    stored: missing.length,
    sent: 0,
    refused: 0,
  });
  const here = await relay.count([{ kinds: [1] }]);
  const there = [...plain.events.values()].filter((event) => event.kind === 1).length;
  const up = await sync('--dir', 'up', '--filter', filter);
  assert.deepEqual(up, { stored: 0, sent: here - there, refused: 0 });
  assert.deepEqual(await sync('--filter', filter), { stored: 0, sent: 0, refused: 0 });
});
