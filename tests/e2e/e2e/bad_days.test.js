// What a newcomer's machine may have in store for quickstart: each time a clear message, an exit
// code, and nothing left behind.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { build, root } from '../lib/world.js';

const stack = path.join(build, 'cli/stack/berth-stack');
const isRoot = process.getuid() === 0;

let place; // A folder of the test's own.
let folder; // What quickstart is to use.

beforeEach(async () => {
  place = await fs.mkdtemp(path.join(tmpdir(), 'berth-bad-day-'));
  folder = path.join(place, 'run');
});
afterEach(() => fs.rm(place, { recursive: true, force: true }));

/// Starts a program; `said(text)` waits for its words, `end` is its exit code and all it said.
function start(argv, options = {}) {
  const child = spawn(argv[0], argv.slice(1), { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const listeners = new Set();
  const take = (chunk) => {
    text += chunk;
    listeners.forEach((listener) => listener());
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const end = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code: code ?? signal, text }));
  });
  const said = (words) =>
    new Promise((resolve, reject) => {
      const look = () => text.includes(words) && resolve();
      listeners.add(look);
      end.then(() => reject(new Error(`never said: ${words}\n${text}`)));
      look();
    });
  return { child, end, said };
}

const quickstart = (...words) => [stack, 'quickstart', '--folder', folder, '--once', ...words];

/// Command lines of processes that have to do with the test's folder.
async function remaining() {
  const lines = [];
  for (const pid of (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const cwd = await fs.readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (line.includes(place) || cwd.startsWith(place)) lines.push(line.replaceAll('\0', ' '));
  }
  return lines;
}

async function links() {
  const all = { withFileTypes: true, recursive: true };
  const entries = await fs.readdir(folder, all).catch(() => []);
  return entries.filter((entry) => entry.isSymbolicLink()).map((entry) => entry.name);
}

test('told to stop while starting, it stops what it started and says so', async () => {
  const run = start(quickstart());
  await run.said('Starting PostgreSQL');
  while ((await remaining()).length < 3) await new Promise((resolve) => setImmediate(resolve));
  run.child.kill('SIGINT');
  const { code, text } = await run.end;
  assert.equal(code, 130, text);
  assert.match(text, /stopped; nothing of it runs any more/);
  assert.deepEqual(await remaining(), []);
  assert.deepEqual(await links(), [], 'folders under /tmp were left');
});

test('a second run in the same folder is refused at once and harms nothing', async () => {
  const first = start(quickstart());
  await first.said('Starting PostgreSQL');
  while ((await remaining()).length < 2) await new Promise((resolve) => setImmediate(resolve));
  const second = await start(quickstart('--json')).end;
  assert.equal(second.code, 1, second.text);
  assert.match(second.text, /Another run uses .*; stop it first\. \(WORLD_RUNS_ALREADY\)/);
  first.child.kill('SIGTERM');
  assert.equal((await first.end).code, 130);
});

test('without a network the whole path works on loopback alone', { skip: !isRoot }, async () => {
  const run = await start(['unshare', '--net', ...quickstart('--json')]).end;
  assert.equal(run.code, 0, run.text);
  assert.equal(JSON.parse(run.text.trim().split('\n').at(-1)).state, 'ACTIVE');
});

test('where the disk is too small it says so before it starts anything', async () => {
  const script = 'mount -t tmpfs -o size=16m none "$1" && shift && exec "$@"';
  const words = isRoot ? [] : ['--map-root-user'];
  const run = await start([
    ...['unshare', '--mount', ...words, 'sh', '-c', script, 'sh', place],
    ...quickstart(),
  ]).end;
  assert.equal(run.code, 1, run.text);
  assert.match(run.text, /Less than 512 MiB are free for .* \(NO_SPACE\)/);
  assert.deepEqual(await fs.readdir(place), []);
});

/// quickstart.sh in a folder of its own, with a CMake that never ends and no package missing.
async function scriptWithEndlessBuild() {
  await fs.cp(path.join(root, 'quickstart.sh'), path.join(place, 'quickstart.sh'));
  await fs.cp(path.join(root, 'setup'), path.join(place, 'setup'), { recursive: true });
  const programs = path.join(place, 'programs');
  await fs.mkdir(programs);
  const write = async (name, text) => {
    await fs.writeFile(path.join(programs, name), `#!/bin/sh\n${text}\n`);
    await fs.chmod(path.join(programs, name), 0o755);
  };
  await write('dpkg-query', 'echo install ok installed');
  await write('df', 'echo Avail; echo 99999');
  await write('cmake', 'echo compiling; sleep 1000');
  return { cwd: place, env: { ...process.env, PATH: `${programs}:${process.env.PATH}` } };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  test(`a build is stopped by ${signal} with all of its processes`, async () => {
    const run = start(['./quickstart.sh', '--once'], await scriptWithEndlessBuild());
    await run.said('configuring the build');
    while ((await remaining()).length < 3) await new Promise((resolve) => setImmediate(resolve));
    run.child.kill(signal);
    const { code, text } = await run.end;
    assert.equal(code, 130, text);
    assert.match(text, /stopped; nothing was started/);
    assert.deepEqual(await remaining(), []);
  });
}

test('two builds in one folder do not get into each other', async () => {
  const options = await scriptWithEndlessBuild();
  const first = start(['./quickstart.sh', '--once'], options);
  await first.said('configuring the build');
  const second = await start(['./quickstart.sh', '--once'], options).end;
  assert.equal(second.code, 1);
  assert.match(second.text, /another quickstart runs in this folder; stop it first/);
  first.child.kill('SIGTERM');
  assert.equal((await first.end).code, 130);
});
