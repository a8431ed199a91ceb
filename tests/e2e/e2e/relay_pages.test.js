// The relay's pages in a browser, as the owner and a visitor see them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BareRelay } from '../lib/bare_relay.js';
import * as browsing from '../lib/browser.js';

const { excessWidth, looks, password, violations } = browsing;

let relay;
let browser;

before(async () => {
  relay = await BareRelay.start({
    NAME: 'Harbour <of> the North',
    DESCRIPTION: 'For people who sail.',
    CONTACT: 'mailto:owner@relay.example',
    TERMS_OF_SERVICE: 'https://relay.example/terms',
    DASHBOARD_PASSWORD: password,
  });
  browser = await browsing.startBrowser();
});
after(async () => {
  await browser?.close();
  await relay?.stop();
});

const open = (target, settings) => browsing.open(browser, `${relay.address}${target}`, settings);

for (const target of ['/', '/dashboard']) {
  for (const [name, settings] of looks) {
    test(`${target} on ${name} has nothing that axe objects to`, async () => {
      const page = await open(target, settings);
      if (target === '/dashboard') await page.waitForSelector('#charts canvas');
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(page.complaints, []);
      assert.equal(await excessWidth(page), 0, 'no sideways scrolling');
      await page.context().close();
    });
  }
}

test('the landing page tells name and address, and escapes them', async () => {
  const page = await open('/');
  assert.equal(await page.title(), 'Harbour <of> the North');
  assert.equal(await page.textContent('code'), `ws://${relay.address}`);
  await page.context().close();
});

test('the landing page links the terms of service and breaks no number on a phone', async () => {
  const [, phone] = looks.find(([name]) => name === 'a phone');
  const page = await open('/', phone);
  assert.equal(
    await page.getAttribute('text=Terms of service', 'href'),
    'https://relay.example/terms',
  );
  const lines = await page.locator('table td').evaluateAll((cells) =>
    cells.map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    }),
  );
  assert.ok(lines.length > 3);
  assert.ok(lines.every((count) => count === 1), `lines of each number: ${lines}`);
  await page.context().close();
});

test('the dashboard draws a chart for every figure and keeps itself fresh', async () => {
  const page = await open('/dashboard');
  await page.waitForSelector('#charts canvas');
  const figures = await page.locator('#charts figure').count();
  assert.equal(await page.locator('#charts canvas').count(), figures);
  const uptime = () => page.textContent('[data-figure=uptime]');
  const before = await uptime();
  await page.waitForFunction(
    (old) => document.querySelector('[data-figure=uptime]').textContent !== old,
    before,
  );
  assert.notEqual(await uptime(), before);
  await page.context().close();
});

test('the dashboard shows its tables where no script runs', async () => {
  const page = await open('/dashboard', { javaScriptEnabled: false });
  assert.ok(await page.isHidden('#charts'));
  assert.match(await page.textContent('#figures'), /Events stored\s*0/);
  await page.context().close();
});

test('the dashboard refuses without its password', async () => {
  const answer = await fetch(`http://${relay.address}/dashboard`);
  assert.equal(answer.status, 401);
});
