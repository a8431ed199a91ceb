// Backups of berth-relay in a bucket of an S3 server from the registry, which does not check
// signatures: encrypted, incremental, brought back by count and fingerprint.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import S3rver from 's3rver';
import { build } from '../lib/world.js';

const DAY = 86_400;
const author = generateSecretKey();
let folder;
let server;
let bucket;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-backup-'));
  server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: path.join(folder, 's3'),
    configureBuckets: [{ name: 'relay', configs: [] }],
  });
  const { port } = await server.run();
  bucket = {
    BACKUP_ENDPOINT: `http://127.0.0.1:${port}`,
    BACKUP_BUCKET: 'relay',
    BACKUP_PREFIX: 'one/',
    BACKUP_ACCESS_KEY: 'S3RVER',
    BACKUP_SECRET_KEY: 'S3RVER',
    BACKUP_KEY: 'ab'.repeat(32),
  };
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/// Runs `berth-relay COMMAND` on the store `name`; resolves to its exit code and output.
async function run(name, command, { input = '', settings = {} } = {}) {
  const environment = {
    STORAGE: 'lmdb',
    LMDB_FOLDER: path.join(folder, name),
    ...bucket,
    ...settings,
  };
  const program = spawn(path.join(build, 'relay-image/berth-relay'), [command], {
    env: Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [`BERTH_RELAY_${key}`, value]),
    ),
  });
  let out = '';
  let err = '';
  program.stdout.on('data', (data) => (out += data));
  program.stderr.on('data', (data) => (err += data));
  program.stdin.end(input);
  const [code] = await once(program, 'close');
  return { code, out, err };
}

/// One event on each of `days`, as JSON lines.
function lines(days, content = 'the private word') {
  return days
    .map((day) => {
      const draft = { kind: 1, created_at: 1_700_000_000 + day * DAY, tags: [], content };
      return `${JSON.stringify(finalizeEvent(draft, author))}\n`;
    })
    .join('');
}

async function storedFiles() {
  const all = await readdir(path.join(folder, 's3'), { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => path.join(entry.path, entry.name));
}

const report = /(\d+) events, (\d+) pieces of which (\d+) were moved, fingerprint ([0-9a-f]{64})/;
const figures = (text) => report.exec(text).slice(1);

test('a backup comes back whole into an empty store', async () => {
  await run('a', 'import', { input: lines([0, 1, 2, 3]) });
  const made = await run('a', 'backup');
  assert.equal(made.code, 0, made.err);
  assert.deepEqual(figures(made.out).slice(0, 3), ['4', '4', '4']);
  const restored = await run('b', 'restore');
  assert.equal(restored.code, 0, restored.err);
  assert.equal(figures(restored.out)[3], figures(made.out)[3]);
  assert.equal((await run('b', 'export')).out, (await run('a', 'export')).out);
});

test('the next backup sends what differs and drops what is gone', async () => {
  await run('a', 'import', { input: lines([3, 9], 'later') });
  const before = (await storedFiles()).length;
  const made = await run('a', 'backup');
  assert.deepEqual(figures(made.out).slice(0, 3), ['6', '5', '2']);
  const perObject = before / 5;
  assert.equal((await storedFiles()).length, before + perObject, 'one piece more, one replaced');
  assert.deepEqual(figures((await run('a', 'backup')).out).slice(0, 3), ['6', '5', '0']);
  assert.deepEqual(figures((await run('c', 'restore')).out)[3], figures(made.out)[3]);
});

test('nobody reads it without the key', async () => {
  for (const file of await storedFiles()) {
    const bytes = await readFile(file);
    assert.ok(!bytes.includes('private word'));
    assert.ok(!bytes.includes('pubkey'));
  }
  const refused = await run('d', 'restore', { settings: { BACKUP_KEY: 'cd'.repeat(32) } });
  assert.equal(refused.code, 1);
  assert.match(refused.err, /BACKUP_NOT_OPENED/);
});

test('a server that is down is named, and so is a bucket that is not set', async () => {
  const down = await run('a', 'backup', { settings: { BACKUP_ENDPOINT: 'http://127.0.0.1:1' } });
  assert.equal(down.code, 1);
  assert.match(down.err, /OBJECTS_UNAVAILABLE/);
  const unset = await run('a', 'backup', { settings: { BACKUP_BUCKET: '' } });
  assert.equal(unset.code, 2);
});

test('a restore into a store that has other events adds to them', async () => {
  await run('e', 'import', { input: lines([20], 'mine') });
  const restored = await run('e', 'restore');
  assert.equal(restored.code, 0, restored.err);
  assert.equal((await run('e', 'export')).out.trim().split('\n').length, 7);
});
