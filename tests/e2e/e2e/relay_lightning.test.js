// A user pays a relay by Lightning invoice, in a browser and by a program, and publishes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import jsQR from 'jsqr';
import * as nip98 from 'nostr-tools/nip98';
import { npubEncode } from 'nostr-tools/nip19';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay';
import { PNG } from 'pngjs';
import WebSocket from 'ws';
import { BareRelay } from '../lib/bare_relay.js';
import * as browsing from '../lib/browser.js';
import { LightningNode } from '../lib/lightning_node.js';

const { excessWidth, looks, violations } = browsing;

let node;
let relay;
let browser;

before(async () => {
  node = await LightningNode.start();
  relay = await BareRelay.start({
    ...node.settings,
    NAME: 'Harbour of the North',
    PAYMENT_ADMISSION: '21000',
    PAYMENT_PUBLICATION: '*=1000',
    PAYMENT_LIGHTNING_RATE: '0',
  });
  browser = await browsing.startBrowser();
  useWebSocketImplementation(WebSocket);
});
after(async () => {
  await browser?.close();
  await relay?.stop();
  await node?.stop();
});

async function publish(secretKey, content = 'hello') {
  const connection = await Relay.connect(relay.url);
  try {
    const note = { kind: 1, created_at: Math.floor(Date.now() / 1000), tags: [], content };
    return await connection.publish(finalizeEvent(note, secretKey));
  } finally {
    connection.close();
  }
}

async function askInBrowser(key, sats, settings) {
  const page = await browsing.open(browser, `${relay.address}/payments`, settings);
  await page.fill('input[name=pubkey]', key);
  if (sats) await page.fill('input[name=amount_sat]', String(sats));
  await page.click('#invoice button');
  await page.waitForSelector('#request');
  return page;
}

test('a program asks by its own key, pays, and the next event passes', async () => {
  const secretKey = generateSecretKey();
  await assert.rejects(publish(secretKey), /payment required: 22000 msats are due/);
  const url = `http://${relay.address}/payments/invoice`;
  const wish = { amount_msat: 25_000 };
  const sign = (event) => finalizeEvent(event, secretKey);
  const authorization = await nip98.getToken(url, 'POST', sign, true, wish);
  const asked = await fetch(url, {
    method: 'POST',
    headers: { Authorization: authorization, 'Content-Type': 'application/json' },
    body: JSON.stringify(wish),
  });
  assert.equal(asked.status, 200);
  const invoice = await asked.json();
  assert.equal(invoice.pubkey, getPublicKey(secretKey));
  assert.match(invoice.payment_request, /^lnbcrt250n1/);
  await node.pay(invoice.payment_request);
  const look = async () => (await fetch(`${url}?hash=${invoice.payment_hash}`)).json();
  while ((await look()).state === 'open');
  assert.deepEqual(
    (({ state, paid_msat }) => ({ state, paid_msat }))(await look()),
    { state: 'settled', paid_msat: 25_000 },
  );
  await publish(secretKey);
});

test('in a browser the page tells by itself that the invoice is paid', async () => {
  const secretKey = generateSecretKey();
  const page = await askInBrowser(npubEncode(getPublicKey(secretKey)), 30);
  assert.match(await page.textContent('#state'), /Waiting for 30 sat/);
  const request = await page.inputValue('#request');
  assert.equal(await page.getAttribute('main a', 'href'), `lightning:${request}`);
  await node.pay(request);
  await page.waitForFunction(() =>
    /Paid: 30 sat/.test(document.getElementById('state').textContent),
  );
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  await publish(secretKey);
});

test('a camera reads the invoice off the page, by day and at night', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await askInBrowser(getPublicKey(generateSecretKey()), 40, { colorScheme });
    const picture = PNG.sync.read(await page.locator('svg.qr').screenshot());
    const { data, width, height } = picture;
    const read = jsQR(new Uint8ClampedArray(data), width, height);
    const request = await page.inputValue('#request');
    assert.equal(read.data, `lightning:${request}`.toUpperCase());
    await page.context().close();
  }
});

test('without a script the page reloads itself and tells that it is paid', async () => {
  const secretKey = generateSecretKey();
  const page = await askInBrowser(getPublicKey(secretKey), 22, { javaScriptEnabled: false });
  await node.pay(await page.inputValue('#request'));
  await page.waitForSelector('text=Paid: 22 sat');
  await page.context().close();
  await publish(secretKey);
});

test('a key that is none is told so on a page', async () => {
  const page = await browsing.open(browser, `${relay.address}/payments`);
  await page.fill('input[name=pubkey]', 'nobody');
  await page.click('#invoice button');
  assert.match(await page.textContent('[role=alert]'), /public key/);
  await page.context().close();
});

for (const [name, settings] of looks) {
  test(`the invoice's page on ${name} has nothing that axe objects to`, async () => {
    const page = await askInBrowser(getPublicKey(generateSecretKey()), 0, settings);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(page.complaints, []);
    assert.equal(await excessWidth(page), 0, 'no sideways scrolling');
    await page.context().close();
  });
}
