// The owner takes his events with him from the dashboard, and sees what each kind takes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay';
import WebSocket from 'ws';
import { BareRelay } from '../lib/bare_relay.js';
import * as browsing from '../lib/browser.js';

const { excessWidth, keepPicture, looks, password, violations } = browsing;

useWebSocketImplementation(WebSocket);

const EVENTS = 600; // More than the relay reads at once.
const published = [];
let relay;
let browser;

before(async () => {
  relay = await BareRelay.start({ NAME: 'Harbour', DASHBOARD_PASSWORD: password });
  const client = await Relay.connect(relay.url);
  const key = generateSecretKey();
  const start = Math.floor(Date.now() / 1000) - EVENTS;
  for (let i = 0; i < EVENTS; i += 1) {
    const kind = [1, 1, 1, 7, 30023, 1984][i % 6];
    const tags = [['d', String(i)]];
    const draft = { kind, tags, created_at: start + i, content: `${'sea '.repeat(kind % 97)}${i}` };
    const event = finalizeEvent(draft, key);
    await client.publish(event);
    published.push(event);
  }
  client.close();
  browser = await browsing.startBrowser();
});
after(async () => {
  await browser?.close();
  await relay?.stop();
});

const open = (target, settings) => browsing.open(browser, `${relay.address}${target}`, settings);

// Sends the form and returns the lines of what comes.
async function download(page) {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export events' }).click(),
  ]);
  const bytes = await readFile(await file.path());
  const name = file.suggestedFilename();
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return { name, ids: text.split('\n').filter(Boolean).map((line) => JSON.parse(line).id) };
}

for (const target of ['/dashboard', '/dashboard/export']) {
  for (const [name, settings] of looks) {
    test(`${target} on ${name} has nothing that axe objects to`, async () => {
      const page = await open(target, settings);
      if (target === '/dashboard') {
        await page.waitForSelector('#charts canvas');
        await page.waitForSelector('#kinds svg', { timeout: 60_000 });
      }
      await keepPicture(page, `${target.slice(1).replace('/', '-')}-${name}`);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(page.complaints, []);
      assert.equal(await excessWidth(page), 0, 'no sideways scrolling');
      await page.context().close();
    });
  }
}

test('a page that is open shows the kinds as soon as they are counted', async () => {
  const page = await open('/dashboard');
  await page.getByRole('row', { name: /^30023 article 100 / }).waitFor({ timeout: 60_000 });
  await page.getByRole('row', { name: /^1 note 300 / }).waitFor();
  await page.context().close();
});

test('all events come as a compressed file', async () => {
  const page = await open('/dashboard/export');
  const { name, ids } = await download(page);
  assert.match(name, /^events-\d{8}T\d{6}\.jsonl\.gz$/);
  assert.deepEqual(ids, published.map(({ id }) => id));
  await page.context().close();
});

test('what a filter asks for comes plain, by the keyboard and without a script', async () => {
  const page = await open('/dashboard/export', { javaScriptEnabled: false });
  await page.getByLabel('Filter').fill('{"kinds":[7]}');
  await page.getByLabel('Compressed').uncheck();
  const { name, ids } = await download(page);
  assert.match(name, /\.jsonl$/);
  const wanted = published.filter(({ kind }) => kind === 7);
  assert.deepEqual(ids, wanted.map(({ id }) => id));
  await page.context().close();
});

test('a filter that cannot be read is told and kept', async () => {
  const page = await open('/dashboard/export');
  await page.getByLabel('Filter').fill('{"kinds":["<b>"]}');
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Export events' }).click(),
  ]);
  assert.match(await page.getByRole('alert').textContent(), /Nothing was exported/);
  assert.equal(await page.getByLabel('Filter').inputValue(), '{"kinds":["<b>"]}');
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});
