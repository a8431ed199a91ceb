// The program berth-relay by itself, over a PostgreSQL of its own, for one test file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { build } from './world.js';

const START_LIMIT_MS = 60_000;
const isRoot = process.getuid() === 0;

/// PostgreSQL's programs; of several versions the newest.
function postgresPrograms() {
  const versions = readdirSync('/usr/lib/postgresql').map(Number);
  return `/usr/lib/postgresql/${Math.max(...versions)}/bin`;
}

/// Runs a program of PostgreSQL, which refuses root, as `postgres` if need be.
function spawnPostgres(program, args) {
  const argv = [path.join(postgresPrograms(), program), ...args];
  if (isRoot) argv.unshift('setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups');
  return spawn(argv[0], argv.slice(1), { stdio: 'ignore', cwd: '/' });
}

async function until(look, what) {
  const end = Date.now() + START_LIMIT_MS;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await pause(20);
  }
}

async function userId(name) {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((l) => l.startsWith(name));
  return line.split(':').slice(2, 4).map(Number);
}

async function takesConnections(folder) {
  const [code] = await once(spawnPostgres('pg_isready', ['-h', folder]), 'exit');
  return code === 0;
}

/// Starts PostgreSQL with an empty database in `folder`.
async function startPostgres(folder) {
  const data = path.join(folder, 'data');
  if (isRoot) await chown(folder, ...(await userId('postgres:')));
  const made = spawnPostgres('initdb', ['-D', data, '-U', 'berth', '-A', 'trust', '-N']);
  const [code] = await once(made, 'exit');
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  const settings = ['listen_addresses=', 'fsync=off'].flatMap((setting) => ['-c', setting]);
  const server = spawnPostgres('postgres', ['-D', data, '-k', folder, ...settings]);
  await until(() => takesConnections(folder), 'PostgreSQL');
  return server;
}

export class BareRelay {
  #folder;
  #processes = [];

  /// Starts it with `settings` (BERTH_RELAY_<key> = value) and waits until it serves.
  static async start(settings = {}) {
    const relay = new BareRelay();
    try {
      await relay.#start(settings);
    } catch (error) {
      await relay.stop();
      throw error;
    }
    return relay;
  }

  async #start(settings) {
    this.#folder = await mkdtemp(path.join(tmpdir(), 'berth-relay-'));
    await chmod(this.#folder, 0o755);
    const postgres = path.join(this.#folder, 'postgres');
    await mkdir(postgres);
    this.#processes.push(await startPostgres(postgres));
    this.databaseUrl = `postgresql:///postgres?host=${postgres}&user=berth`;
    const ready = path.join(this.#folder, 'ready');
    const environment = { ADDRESS: '127.0.0.1:0', READY_FILE: ready, ...settings };
    environment.DATABASE_URL = this.databaseUrl;
    const program = spawn(path.join(build, 'relay-image/berth-relay'), [], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [`BERTH_RELAY_${key}`, value]),
      ),
    });
    this.#processes.unshift(program);
    await until(() => existsSync(ready) || program.exitCode !== null, 'the relay');
    this.address = (await readFile(ready, 'utf8')).split('\n')[0];
    this.url = `ws://${this.address}`;
  }

  /// Ends the relay, then its database, and removes what they wrote.
  async stop() {
    for (const process of this.#processes) {
      const ended = once(process, 'exit');
      process.kill('SIGINT');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
