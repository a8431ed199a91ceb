// Pages of a relay in a browser.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

export const password = 'open sesame';
export const looks = [
  ['a desk', { viewport: desk }],
  ['a phone', { viewport: phone, hasTouch: true, isMobile: true }],
  ['a desk at night', { viewport: desk, colorScheme: 'dark' }],
];

export function startBrowser() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
}

// Opens a page as the owner; collects whatever the browser complains about.
export async function open(browser, address, settings = {}) {
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
  await page.goto(`http://${address}`);
  return page;
}

// What axe finds; it is run past the page's policy, which lets no foreign script in.
export async function violations(page) {
  await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations: found } = await page.evaluate(() => globalThis.axe.run());
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

// Keeps what the page looks like in the folder BERTH_SCREENSHOTS, for people who want to see it.
export async function keepPicture(page, name) {
  const folder = process.env.BERTH_SCREENSHOTS;
  const path = `${folder}/${name.replaceAll(' ', '-')}.png`;
  if (folder) await page.screenshot({ path, fullPage: true });
}

// By how much the page is wider than the window.
export function excessWidth(page) {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
