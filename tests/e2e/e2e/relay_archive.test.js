// The archive of old events: in a bucket of an S3 server from the registry, and on Arweave through
// a bundler of the test's own, which checks each data item by an implementation of others.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { DataItem } from '@dha-team/arbundles/web';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import S3rver from 's3rver';
import { build } from '../lib/world.js';

const DAY = 86_400;
const OLD = Math.floor(Date.now() / 1000) - 100 * DAY;
const author = generateSecretKey();
let folder;
let s3;
let bucket;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-archive-'));
  s3 = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: path.join(folder, 's3'),
    configureBuckets: [{ name: 'old', configs: [] }],
  });
  const { port } = await s3.run();
  bucket = {
    ARCHIVE_ENDPOINT: `http://127.0.0.1:${port}`,
    ARCHIVE_BUCKET: 'old',
    ARCHIVE_ACCESS_KEY: 'S3RVER',
    ARCHIVE_SECRET_KEY: 'S3RVER',
  };
});
after(async () => {
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

function start(name, args, settings, stdin = 'ignore') {
  const environment = { STORAGE: 'lmdb', LMDB_FOLDER: path.join(folder, name), ...settings };
  return spawn(path.join(build, 'relay-image/berth-relay'), args, {
    stdio: [stdin, 'pipe', 'pipe'],
    env: Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [`BERTH_RELAY_${key}`, value]),
    ),
  });
}

/// Runs `berth-relay ARGS...` on the store `name`; resolves to its exit code and output.
async function run(name, args, { input = '', settings = bucket } = {}) {
  const program = start(name, args, settings, input ? 'pipe' : 'ignore');
  let out = '';
  let err = '';
  program.stdout.on('data', (data) => (out += data));
  program.stderr.on('data', (data) => (err += data));
  if (input) program.stdin.end(input);
  const [code] = await once(program, 'close');
  return { code, out, err };
}

const sign = (draft) => finalizeEvent({ kind: 1, tags: [], content: 'old news', ...draft }, author);
const lines = (events) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const onDays = (days, draft = {}) =>
  days.map((day) => sign({ created_at: OLD + day * DAY, ...draft }));

/// The bytes of all pieces on the bucket's list below `prefix`.
async function pieces(prefix) {
  const get = (name) => fetch(`${bucket.ARCHIVE_ENDPOINT}/old/${prefix}${name}`);
  const list = await get('pieces.jsonl');
  if (!list.ok) return [];
  const lines = (await list.text()).trim().split('\n');
  const fetchOne = async ({ reference }) => Buffer.from(await (await get(reference)).arrayBuffer());
  return Promise.all(lines.map((line) => fetchOne(JSON.parse(line))));
}

const archivedText = async (prefix) => (await pieces(prefix)).map(gunzipSync).join('');

test('old public events are archived, and nothing else', async () => {
  const settings = { ...bucket, ARCHIVE_PREFIX: 'public/' };
  const old = onDays([0, 0, 1, 2], { content: 'for everybody' });
  const others = [
    ...onDays([0], { kind: 1059, content: 'a gift wrap' }),
    ...onDays([0], { kind: 4, content: 'a message' }),
    ...onDays([0], { tags: [['-']], content: 'protected' }),
    ...onDays([0], { tags: [['expiration', '9000000000']], content: 'to expire' }),
    sign({ created_at: Math.floor(Date.now() / 1000), content: 'new' }),
  ];
  await run('a', ['import'], { input: lines([...new Set(old), ...others]) });
  const done = await run('a', ['archive'], { settings });
  assert.equal(done.code, 0, done.err);
  assert.equal(done.out, 'archived 3 events in 3 pieces\n');
  const text = await archivedText('public/');
  for (const event of old) assert.ok(text.includes(event.id));
  for (const event of others) assert.ok(!text.includes(event.id), event.content);
  const again = await run('a', ['archive'], { settings });
  assert.equal(again.out, 'archived 0 events in 0 pieces\n');
  const listed = await run('a', ['archive', '--list'], { settings });
  assert.equal(listed.out.trim().split('\n').length, 3);
});

test('an archive is read back by who has the bucket alone', async () => {
  const settings = { ...bucket, ARCHIVE_PREFIX: 'back/' };
  await run('b', ['import'], { input: lines(onDays([0, 1, 2, 3], { content: 'come back' })) });
  await run('b', ['archive'], { settings });
  const some = await run('c', ['unarchive', `--since=${OLD + 2 * DAY}`], { settings });
  assert.equal(some.code, 0, some.err);
  assert.match(some.out, /^read 2 pieces: stored 2,/);
  const all = await run('c', ['unarchive'], { settings });
  assert.match(all.out, /^read 4 pieces: stored 2, duplicate, outdated or deleted 2, refused 0/);
  assert.equal((await run('c', ['export'])).out, (await run('b', ['export'])).out);
  assert.equal((await run('c', ['archive'], { settings })).out, 'archived 0 events in 0 pieces\n');
});

test('an outage delays the archive and nothing is lost', async () => {
  const settings = { ...bucket, ARCHIVE_PREFIX: 'outage/' };
  await run('d', ['import'], { input: lines(onDays([0, 1], { content: 'patience' })) });
  const down = { ...settings, ARCHIVE_ENDPOINT: 'http://127.0.0.1:1' };
  const failed = await run('d', ['archive'], { settings: down });
  assert.equal(failed.code, 1);
  assert.match(failed.err, /OBJECTS_UNAVAILABLE/);
  const done = await run('d', ['archive'], { settings });
  assert.equal(done.out, 'archived 2 events in 2 pieces\n');
});

test('what only members read is archived encrypted or not at all', async () => {
  const settings = { ...bucket, ARCHIVE_PREFIX: 'sealed/', RESTRICTED_READS: 'true' };
  await run('e', ['import'], { input: lines(onDays([0], { content: 'among us' })) });
  const refused = await run('e', ['archive'], { settings });
  assert.equal(refused.code, 2);
  assert.match(refused.err, /ARCHIVE_NEEDS_KEY/);
  const sealed = { ...settings, ARCHIVE_KEY: 'ab'.repeat(32) };
  assert.equal((await run('e', ['archive'], { settings: sealed })).code, 0);
  const [piece] = await pieces('sealed/');
  assert.ok(piece.length > 0 && !piece.includes('among us'));
  assert.throws(() => gunzipSync(piece));
  const read = await run('f', ['unarchive'], { settings: sealed });
  assert.match(read.out, /stored 1,/, read.err);
});

test('settings that contradict each other are named', async () => {
  const unsigned = { ARCHIVE_BUNDLER: 'http://127.0.0.1:1' };
  const both = { ...bucket, ...unsigned, ARCHIVE_SIGNING_KEY: 'ab'.repeat(32) };
  assert.equal((await run('a', ['archive'], { settings: both })).code, 2);
  assert.equal((await run('a', ['archive'], { settings: {} })).code, 2);
  assert.match((await run('a', ['archive'], { settings: unsigned })).err, /BAD_ARCHIVE_KEY/);
});

/// A bundler and gateway in one: keeps data items that are valid.
class Bundler {
  items = new Map();
  rejected = 0;
  down = false;

  async listen() {
    this.server = createServer((request, response) => this.#answer(request, response));
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (this.down) return response.writeHead(503).end('busy');
    if (request.method === 'GET') {
      const item = this.items.get(request.url.slice(1));
      return item ? response.end(item.rawData) : response.writeHead(404).end();
    }
    const bytes = Buffer.concat(chunks);
    if (!(await DataItem.verify(bytes))) {
      this.rejected += 1;
      return response.writeHead(400).end('Invalid Data Item');
    }
    const item = new DataItem(bytes);
    this.items.set(item.id, item);
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ id: item.id, owner: item.owner }));
  }
}

test('a bundler takes the pieces as data items that others find valid', async () => {
  const bundler = await new Bundler().listen();
  const settings = {
    ARCHIVE_BUNDLER: `${bundler.url}/tx`,
    ARCHIVE_GATEWAY: bundler.url,
    ARCHIVE_SIGNING_KEY: '1f'.repeat(32),
  };
  try {
    await run('g', ['import'], { input: lines(onDays([0, 1], { content: 'for ever' })) });
    bundler.down = true;
    const down = await run('g', ['archive'], { settings });
    assert.equal(down.code, 1);
    assert.match(down.err, /BUNDLER_UNAVAILABLE/);
    bundler.down = false;
    const done = await run('g', ['archive'], { settings });
    assert.equal(done.out, 'archived 2 events in 2 pieces\n', done.err);
    assert.equal(bundler.rejected, 0);
    assert.equal(bundler.items.size, 2);
    const [item] = bundler.items.values();
    assert.equal(item.signatureType, 2);
    const tags = Object.fromEntries(item.tags.map(({ name, value }) => [name, value]));
    assert.equal(tags['App-Name'], 'berth-relay');
    assert.equal(tags['Content-Type'], 'application/gzip');
    assert.equal(tags.Events, '1');
    assert.match(gunzipSync(item.rawData).toString(), /for ever/);

    const list = path.join(folder, 'list.jsonl');
    await writeFile(list, (await run('g', ['archive', '--list'], { settings })).out);
    const read = await run('h', ['unarchive', list], { settings });
    assert.match(read.out, /^read 2 pieces: stored 2,/, read.err);
    assert.equal((await run('h', ['export'])).out, (await run('g', ['export'])).out);
  } finally {
    bundler.server.close();
  }
});

test('retention forgets what is archived, and waits for it till then', async () => {
  const settings = {
    ...bucket,
    ARCHIVE_PREFIX: 'forget/',
    ARCHIVE_AFTER: '3650d', // By itself nothing is old enough: retention asks for it.
    ARCHIVE_EVERY: '1s',
    RETENTION: 'age=10d',
    ADDRESS: '127.0.0.1:0',
  };
  await run('i', ['import'], { input: lines(onDays([0, 1], { content: 'forget me' })) });
  const serve = async (serving, until) => {
    const relay = start('i', ['serve'], serving);
    let log = '';
    relay.stderr.on('data', (data) => (log += data));
    try {
      const limit = Date.now() + 30_000;
      while (!(await until(log))) assert.ok(Date.now() < limit, 'not within half a minute');
    } finally {
      const ended = once(relay, 'exit');
      relay.kill('SIGTERM');
      await ended;
    }
  };
  const left = async () => (await run('i', ['export'])).out.split('\n').length - 1;
  const down = { ...settings, ARCHIVE_ENDPOINT: 'http://127.0.0.1:1' };
  await serve(down, async (log) => (await left()) < 2 || log.includes('OBJECTS_UNAVAILABLE'));
  assert.equal(await left(), 2, 'they wait for the archive');
  const archived = () => archivedText('forget/').catch(() => ''); // What is being written is torn.
  await serve(settings, async () => (await archived()).includes('forget me'));
  await serve(settings, async () => (await left()) === 0);
});
