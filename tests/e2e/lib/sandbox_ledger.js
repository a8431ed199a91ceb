// The stand-in XRP Ledger by itself, for one test file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { build } from './world.js';

const START_LIMIT_MS = 20_000;

export class SandboxLedger {
  #folder;
  #program;

  static async start() {
    const ledger = new SandboxLedger();
    ledger.#folder = await mkdtemp(path.join(tmpdir(), 'berth-xrpl-'));
    const ready = path.join(ledger.#folder, 'ready');
    const state = path.join(ledger.#folder, 'ledger.json');
    ledger.#program = spawn(
      path.join(build, 'core/rails/sandbox/berth-xrpl-sandbox'),
      [`--state_file=${state}`, `--ready_file=${ready}`],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    for (const end = Date.now() + START_LIMIT_MS; !existsSync(ready); await pause(20)) {
      if (Date.now() > end) throw new Error('the ledger does not serve');
    }
    ledger.url = `http://${(await readFile(ready, 'utf8')).trim()}`;
    return ledger;
  }

  async stop() {
    if (this.#program) {
      const ended = once(this.#program, 'exit');
      this.#program.kill('SIGTERM');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
