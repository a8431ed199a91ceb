// The stand-in Lightning node by itself, for one test file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { build } from './world.js';

const START_LIMIT_MS = 30_000;

export class LightningNode {
  #folder;
  #program;

  static async start() {
    const node = new LightningNode();
    node.#folder = await mkdtemp(path.join(tmpdir(), 'berth-lnd-'));
    const ready = path.join(node.#folder, 'ready');
    node.#program = spawn(
      path.join(build, 'core/rails/lnd_sandbox/berth-lnd-sandbox'),
      [`--folder=${node.#folder}`, `--ready_file=${ready}`],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const end = Date.now() + START_LIMIT_MS;
    while (!existsSync(ready)) {
      if (Date.now() > end) throw new Error('berth-lnd-sandbox does not serve');
      await pause(20);
    }
    node.address = (await readFile(ready, 'utf8')).trim();
    return node;
  }

  /// What a relay has to know of it.
  get settings() {
    return {
      PAYMENT_ASSET: 'btc',
      PAYMENT_LIGHTNING_URL: `https://${this.address}`,
      PAYMENT_LIGHTNING_MACAROON_FILE: path.join(this.#folder, 'macaroon.hex'),
      PAYMENT_LIGHTNING_CERTIFICATE_FILE: path.join(this.#folder, 'tls.cert'),
      PAYMENT_LIGHTNING_LOOK_INTERVAL: '50ms',
    };
  }

  /// Sends LND's call that pays an invoice by its text; resolves to what it answers.
  async pay(request) {
    const answer = await this.#post('/v1/channels/transactions', { payment_request: request });
    if (answer.payment_error) throw new Error(answer.payment_error);
    return answer;
  }

  #post(target, body) {
    const [host, port] = this.address.split(':');
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          host,
          port,
          path: target,
          method: 'POST',
          ca: readFileSync(path.join(this.#folder, 'tls.cert')),
          headers: {
            'Grpc-Metadata-macaroon': readFileSync(
              path.join(this.#folder, 'macaroon.hex'),
              'utf8',
            ).trim(),
          },
        },
        (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            if (response.statusCode === 200) resolve(JSON.parse(text));
            else reject(new Error(text));
          });
        },
      );
      request.on('error', reject);
      request.end(JSON.stringify(body));
    });
  }

  async stop() {
    const ended = once(this.#program, 'exit');
    this.#program.kill('SIGTERM');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
