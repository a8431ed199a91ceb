// The relay's pages in a browser, as the owner and a visitor see them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { BareRelay } from '../lib/bare_relay.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const password = 'open sesame';

let relay;
let browser;

before(async () => {
  relay = await BareRelay.start({
    NAME: 'Harbour <of> the North',
    DESCRIPTION: 'For people who sail.',
    CONTACT: 'mailto:owner@relay.example',
    DASHBOARD_PASSWORD: password,
  });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
});
after(async () => {
  await browser?.close();
  await relay?.stop();
});

// Opens a page; collects whatever the browser complains about.
async function open(target, settings = {}) {
  const context = await browser.newContext({
    httpCredentials: { username: 'owner', password },
    ...settings,
  });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  await page.goto(`http://${relay.address}${target}`);
  return page;
}

// What axe finds; it is run past the page's policy, which lets no foreign script in.
async function violations(page) {
  await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations: found } = await page.evaluate(() => globalThis.axe.run());
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

const looks = [
  ['a desk', { viewport: desk }],
  ['a phone', { viewport: phone, hasTouch: true, isMobile: true }],
  ['a desk at night', { viewport: desk, colorScheme: 'dark' }],
];
for (const target of ['/', '/dashboard']) {
  for (const [name, settings] of looks) {
    test(`${target} on ${name} has nothing that axe objects to`, async () => {
      const page = await open(target, settings);
      if (target === '/dashboard') await page.waitForSelector('#charts canvas');
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(page.complaints, []);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wide, 0, 'no sideways scrolling');
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
