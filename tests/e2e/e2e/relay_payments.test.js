// A user pays a relay by clients of others: nostr-tools, ws and xrpl.js, and in a browser.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import S3rver from 's3rver';
import WebSocket from 'ws';
import { Wallet, verifyPaymentChannelClaim, dropsToXrp } from 'xrpl';
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { getToken } from 'nostr-tools/nip98';
import * as nip11 from 'nostr-tools/nip11';

import { BareRelay } from '../lib/bare_relay.js';
import * as browsing from '../lib/browser.js';
import { SandboxLedger } from '../lib/sandbox_ledger.js';
import { build } from '../lib/world.js';
import { XrplPayer } from '../lib/xrpl_payer.js';

useWebSocketImplementation(WebSocket);
nip11.useFetchImplementation(fetch);

const { excessWidth, looks, password, violations } = browsing;
const owner = Wallet.generate();
const user = generateSecretKey();

let ledger;
let relay;
let client;
let payer;
let channel;
let browser;

before(async () => {
  ledger = await SandboxLedger.start();
  relay = await BareRelay.start({
    NAME: 'Harbour',
    DASHBOARD_PASSWORD: password,
    PAYMENT_VERIFIER: 'local',
    PAYMENT_XRP_URL: ledger.url,
    PAYMENT_XRP_ACCOUNT: owner.address,
    PAYMENT_ADMISSION: '1000000',
    PAYMENT_PUBLICATION: '1=50, *=10',
  });
  client = await Relay.connect(relay.url);
  payer = new XrplPayer(ledger.url);
  browser = await browsing.startBrowser();
});
after(async () => {
  await browser?.close();
  client?.close();
  await relay?.stop();
  await ledger?.stop();
});

const now = () => Math.floor(Date.now() / 1000);
const note = (key, content, tags = []) =>
  finalizeEvent({ kind: 1, created_at: now(), tags, content }, key);

/// What `berth-relay COMMAND` prints under these settings.
async function run(command, settings) {
  const env = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`BERTH_RELAY_${key}`, value]),
  );
  const program = path.join(build, 'relay-image/berth-relay');
  return (await promisify(execFile)(program, [command], { env })).stdout;
}

async function payments(key) {
  const url = `http://${relay.address}/payments`;
  const token = key && (await getToken(url, 'GET', (draft) => finalizeEvent(draft, key), true));
  return (await fetch(url, { headers: token ? { Authorization: token } : {} })).json();
}

test('a user reads what publishing costs and whom to pay', async () => {
  const information = await nip11.fetchRelayInformation(relay.url);
  assert.equal(information.limitation.payment_required, true);
  assert.equal(information.payments_url, `http://${relay.address}/payments`);
  assert.deepEqual(information.fees.admission, [{ unit: 'drops', amount: 1000000 }]);
  assert.deepEqual(information.fees.publication[0], { unit: 'drops', amount: 50, kinds: [1] });
  const { pay, asset } = await (await fetch(information.payments_url)).json();
  assert.equal(asset, 'xrp');
  assert.equal(pay.payee, owner.address);
  assert.equal(pay.network, 'xrpl:0');
});

test('who has not paid is refused and told where to pay', async () => {
  await assert.rejects(
    client.publish(note(user, 'for nothing')),
    /restricted: payment required: 1000050 drops are due/,
  );
});

test('a claim in the tag pays for admission and for the event that carries it', async () => {
  const { pay } = await payments();
  channel = await payer.openChannel(pay.payee, 5_000_000);
  const drops = 1_000_150;
  const tag = ['payment', 'ilp', channel, String(drops), '1', payer.claim(channel, drops), 'XRP'];
  await client.publish(note(user, 'paid', [tag]));
  const { account } = await payments(user);
  assert.equal(account.pubkey, getPublicKey(user));
  assert.equal(account.balance, '100');
  assert.equal(account.shown, '0.0001 XRP');
  assert.equal(account.admitted, true);
});

test('the rest pays for the next events, and then no more', async () => {
  await client.publish(note(user, 'second'));
  await client.publish(note(user, 'third'));
  await assert.rejects(client.publish(note(user, 'fourth')), /the balance is 0/);
  assert.equal((await payments(generateSecretKey())).account.balance, '0');
});

test('the owner gets claims that xrpl.js finds redeemable', async () => {
  const output = await run('claims', { DATABASE_URL: relay.databaseUrl });
  const claims = output.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(claims.length, 1);
  const [{ channel: id, amount, signature, author }] = claims;
  assert.equal(id, channel);
  assert.equal(author, getPublicKey(user));
  assert.ok(verifyPaymentChannelClaim(id, dropsToXrp(amount), signature, payer.wallet.publicKey));
});

test('a backup brings accounts and claims back', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-paid-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: path.join(folder, 's3'),
    configureBuckets: [{ name: 'relay', configs: [] }],
  });
  const { port } = await server.run();
  const bucket = {
    BACKUP_ENDPOINT: `http://127.0.0.1:${port}`,
    BACKUP_BUCKET: 'relay',
    BACKUP_ACCESS_KEY: 'S3RVER',
    BACKUP_SECRET_KEY: 'S3RVER',
    BACKUP_KEY: 'ab'.repeat(32),
  };
  const solo = { STORAGE: 'lmdb', LMDB_FOLDER: path.join(folder, 'restored') };
  await run('backup', { DATABASE_URL: relay.databaseUrl, ...bucket });
  await run('restore', { ...solo, ...bucket });
  assert.equal(await run('claims', solo), await run('claims', { DATABASE_URL: relay.databaseUrl }));
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

for (const [name, settings] of looks) {
  test(`/payments on ${name} has nothing that axe objects to`, async () => {
    const page = await browsing.open(browser, `${relay.address}/payments`, {
      ...settings,
      httpCredentials: undefined,
    });
    assert.equal(await page.title(), 'Harbour: payments');
    assert.match(await page.textContent('#fees'), /Admission\s*1 XRP/);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(page.complaints, []);
    assert.equal(await excessWidth(page), 0, 'no sideways scrolling');
    await page.context().close();
  });
}

test('the landing page leads to the payments page by the keyboard', async () => {
  const page = await browsing.open(browser, relay.address, { httpCredentials: undefined });
  const link = page.getByRole('link', { name: 'How to pay, and your balance' });
  for (let tabs = 0; !(await link.evaluate((one) => one === document.activeElement)); ++tabs) {
    assert.ok(tabs < 50, 'the link is reached');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/payments$/);
  await page.context().close();
});

test('a browser extension that holds the key shows its balance', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.exposeFunction('signForTest', (draft) => finalizeEvent(draft, user));
  await page.addInitScript(() => {
    globalThis.nostr = { signEvent: (draft) => globalThis.signForTest(draft) };
  });
  await page.goto(`http://${relay.address}/payments`);
  await page.focus('#ask');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.getElementById('balance').textContent.includes('XRP'));
  assert.equal(
    await page.textContent('#balance'),
    'Your balance is 0 XRP. Your admission is paid.',
  );
  await context.close();
});

test('without an extension the page says so', async () => {
  const page = await browsing.open(browser, `${relay.address}/payments`, {
    httpCredentials: undefined,
  });
  await page.click('#ask');
  assert.match(await page.textContent('#balance'), /needs a browser extension/);
  await page.context().close();
});

test('the dashboard shows the revenue', async () => {
  const page = await browsing.open(browser, `${relay.address}/dashboard`);
  assert.equal(await page.textContent('[data-figure=revenue]'), '1.00015 XRP');
  await page.waitForSelector('#charts figure[data-series=revenue] canvas');
  await page.context().close();
});
