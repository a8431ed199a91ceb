// A private world of Berth (program berth-stack) for one test file.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const build = process.env.BERTH_BUILD ?? path.join(root, 'build/release');

const run = promisify(execFile);
const START_LIMIT_MS = 180_000;
const LOG_LINES = 20;

/// Starts a world and waits until it serves. `args` go to `berth-stack up`, for example
/// ['--operators', '2', '--set', 'worker.slots=1'], and `environment` is added to its own.
export async function startWorld(args = [], environment = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-e2e-'));
  const child = spawn(
    path.join(build, 'cli/stack/berth-stack'),
    ['up', '--json', '--control', '--folder', folder, ...args],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } },
  );
  const world = new World(child, folder);
  try {
    world.info = await world.nextLine(START_LIMIT_MS);
    if (world.info.error) throw new Error(`the world did not start: ${world.info.error.message}`);
  } catch (error) {
    await world.stop();
    throw error;
  }
  return world;
}

class World {
  /// Events of the supervisor so far: {event: 'ended' | 'started' | 'not_started', server, ...}.
  events = [];
  #child;
  #folder;
  #ended;
  #lines = [];
  #waiting = [];

  constructor(child, folder) {
    this.#child = child;
    this.#folder = folder;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(JSON.parse(line)));
    child.once('close', () => this.#take({ error: { message: 'berth-stack has ended' } }));
  }

  #take(object) {
    if (object.event) {
      this.events.push(object);
      if (object.event === 'started') this.info.pids[object.server] = object.pid;
      return;
    }
    const waiting = this.#waiting.shift();
    if (waiting) waiting(object);
    else this.#lines.push(object);
  }

  nextLine(limitMs) {
    if (this.#lines.length > 0) return Promise.resolve(this.#lines.shift());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('berth-stack did not answer')), limitMs);
      this.#waiting.push((object) => {
        clearTimeout(timer);
        resolve(object);
      });
    });
  }

  /// {do: 'start' | 'stop' | 'kill' | 'restart', server, failpoints}; the answer of berth-stack.
  command(command) {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    return this.nextLine(START_LIMIT_MS);
  }

  /// The end of what a program has logged.
  async logTail(server) {
    const log = await readFile(path.join(this.#folder, server, 'log'), 'utf8');
    return log.split('\n').slice(-LOG_LINES).join('\n');
  }

  /// The secret key of `admin`, `finance`, `marketplace` or `operator` (the first one).
  async secretKey(who) {
    const file = who === 'operator' ? this.info.operators[0].key_file : this.info.keys[who];
    return Uint8Array.from(Buffer.from((await readFile(file, 'utf8')).trim(), 'hex'));
  }

  /// Rows of a query on the marketplace's database, as arrays of text.
  async sql(query) {
    const { stdout } = await run('psql', [
      this.info.postgres_url,
      '-XAtq',
      '-F',
      '\t',
      '-c',
      query,
    ]);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'));
  }

  /// What the stand-in chain says.
  async akash(...words) {
    const { stdout } = await run(path.join(build, 'akash/sandbox/akash'), [
      ...words,
      '--node',
      this.info.akash.node,
      '-o',
      'json',
    ]);
    return JSON.parse(stdout);
  }

  /// Breaks or heals something of the stand-in chain: `no-bids`, `lose-answers`, `heal`, ...
  async fault(command, ...settings) {
    await run(path.join(build, 'akash/sandbox/berth-akash-sandbox'), [
      'ctl',
      this.info.akash.node,
      command,
      ...settings,
    ]);
  }

  /// Polls until `look` finds something.
  async until(seconds, look) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`not seen within ${seconds} s: ${look}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  }

  /// Ends the world and removes its folder; the exit code of berth-stack.
  async stop() {
    this.#child.kill('SIGTERM');
    const code = await this.#ended;
    await rm(this.#folder, { recursive: true, force: true });
    return code;
  }
}
