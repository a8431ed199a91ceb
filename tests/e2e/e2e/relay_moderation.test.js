// The owner moderates his relay: by a client of others, and at the dashboard in a browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay';
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import WebSocket from 'ws';
import { BareRelay } from '../lib/bare_relay.js';
import * as browsing from '../lib/browser.js';
import { Manager } from '../lib/manager.js';

const { excessWidth, keepPicture, looks, open, password, startBrowser, violations } = browsing;

useWebSocketImplementation(WebSocket);

let relay;
let browser;
let owner;
let spammer;
let client;
let report;

before(async () => {
  const key = generateSecretKey();
  relay = await BareRelay.start({
    PUBKEY: getPublicKey(key),
    DASHBOARD_PASSWORD: password,
    SELF_KEY: Buffer.from(generateSecretKey()).toString('hex'),
  });
  owner = new Manager(relay, key);
  spammer = new Manager(relay);
  client = await Relay.connect(relay.url);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  client?.close();
  await relay?.stop();
});

test('nostr-tools and fetch manage the relay as NIP-86 says', async () => {
  const { result: methods } = await owner.call('supportedmethods');
  assert.ok(methods.includes('banpubkey') && methods.includes('createrole'));
  const { pubkey: victim } = new Manager(relay);
  assert.equal((await owner.call('banpubkey', victim, 'spam')).result, true);
  assert.deepEqual((await owner.call('listbannedpubkeys')).result, [
    { pubkey: victim, reason: 'spam' },
  ]);
  assert.equal((await owner.call('unbanpubkey', victim)).result, true);
  const refused = await spammer.call('banpubkey', owner.pubkey);
  assert.equal(refused.status, 403);
  assert.equal(refused.reason, 'METHOD_NOT_ALLOWED');
});

test('lists are filled for the pages', async () => {
  const spam = spammer.sign({ kind: 1, content: 'buy <b>this</b>' });
  await client.publish(spam);
  report = owner.sign({
    kind: 1984,
    content: 'annoying',
    tags: [
      ['e', spam.id, 'spam'],
      ['p', spammer.pubkey],
    ],
  });
  await client.publish(report);
  const { pubkey: member } = new Manager(relay);
  await owner.call('createrole', 'mods', 'Moderators', 'They help', '120', 1, ['banevent']);
  await owner.call('assignrole', member, 'mods');
  await owner.call('assignmethod', member, 'blockip');
  await owner.call('createclaim', 'come-in-please');
  await owner.call('blockip', '192.0.2.0/24', 'a scanner');
  await owner.call('banevent', '0'.repeat(64), 'gone');
  await owner.call('disallowkind', 7);
  assert.equal((await owner.call('listaudit')).result.length >= 7, true);
});

for (const tab of ['content', 'people', 'addresses', 'settings', 'log']) {
  for (const [name, settings] of looks) {
    test(`/dashboard/${tab} on ${name} has nothing that axe objects to`, async () => {
      const page = await open(browser, `${relay.address}/dashboard/${tab}`, settings);
      for (const summary of await page.locator('summary').all()) await summary.click();
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(page.complaints, []);
      assert.equal(await excessWidth(page), 0, 'no sideways scrolling');
      await keepPicture(page, `${tab}-${name}`);
      await page.context().close();
    });
  }
}

test('a report is settled by the keyboard, where no script runs', async () => {
  const page = await open(browser, `${relay.address}/dashboard/content`, {
    javaScriptEnabled: false,
  });
  assert.match(await page.textContent('main'), /spam: annoying/);
  const ban = page.getByRole('button', { name: 'Ban the key' });
  await ban.focus();
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  assert.doesNotMatch(await page.textContent('main'), /spam: annoying/);
  await assert.rejects(client.publish(spammer.sign({ kind: 1 })), /blocked/);
  await page.context().close();
});

test('a visitor joins by his browser extension', async () => {
  await owner.call('createclaim', 'welcome-aboard');
  const visitor = new Manager(relay);
  const page = await open(browser, `${relay.address}/dashboard/settings`);
  await page.getByLabel('Only members publish').check();
  await page.getByLabel('Rules').fill('Be kind.');
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Save' }).click(),
  ]);
  await page.exposeFunction('signAsVisitor', (event) => visitor.sign(event));
  await page.addInitScript(() => {
    window.nostr = { signEvent: (event) => window.signAsVisitor(event) };
  });
  await page.goto(`http://${relay.address}/`);
  assert.match(await page.textContent('main'), /Be kind\./);
  const said = () => page.textContent('#join-status');
  await page.getByLabel('Invite code').fill('wrong-code-1');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByText('You have not joined').waitFor();
  assert.match(await said(), /invalid invite code/);
  await page.getByLabel('Invite code').fill('welcome-aboard');
  await page.keyboard.press('Enter');
  await page.getByText('Done: welcome').waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.complaints, []);
  await client.publish(visitor.sign({ kind: 1, content: 'hello' }));
  await page.context().close();
});

test('a setting that is saved holds at once', async () => {
  const page = await open(browser, `${relay.address}/dashboard/settings`);
  await page.getByLabel('Name').fill('Harbour');
  await page.getByLabel('Only members publish').check();
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Save' }).click(),
  ]);
  assert.ok(await page.getByLabel('Only members publish').isChecked());
  const stranger = new Manager(relay);
  await assert.rejects(client.publish(stranger.sign({ kind: 1 })), /restricted/);
  await page.context().close();
});
