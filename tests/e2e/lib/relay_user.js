// A user of a hosted relay: nostr-tools over ws, with the world's own resolver and certificates.
import https from 'node:https';
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';

// Nobody else resolves the names of this world: every name of it lives at the edge's address.
function connectTo(host) {
  return (name, options, done) => {
    if (options.all) return done(null, [{ address: host, family: 4 }]);
    return done(null, host, 4);
  };
}

export class RelayUser {
  constructor(url, connectAddress, caFile) {
    const [host, port] = connectAddress.split(':');
    this.url = new URL(url);
    this.url.port = port;
    this.tls = { ca: readFileSync(caFile), lookup: connectTo(host) };
    this.secretKey = generateSecretKey();
  }

  get(path, headers = {}) {
    return new Promise((resolve, reject) => {
      const request = https.get(
        {
          ...this.tls,
          host: this.url.hostname,
          port: this.url.port,
          path,
          headers,
          servername: this.url.hostname,
        },
        (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('end', () =>
            resolve({
              status: response.statusCode,
              headers: response.headers,
              body: Buffer.concat(parts).toString(),
            }),
          );
        },
      );
      request.on('error', reject);
    });
  }

  async connect() {
    const { tls } = this;
    useWebSocketImplementation(
      class extends WebSocket {
        constructor(url) {
          super(url, tls);
        }
      },
    );
    this.relay = await Relay.connect(this.url.href);
    return this.relay;
  }

  note(content) {
    return finalizeEvent(
      { kind: 1, created_at: Math.floor(Date.now() / 1000), tags: [['t', 'berth']], content },
      this.secretKey,
    );
  }

  read(filter) {
    return new Promise((resolve) => {
      const events = [];
      const subscription = this.relay.subscribe([filter], {
        onevent: (event) => events.push(event),
        oneose: () => {
          subscription.close();
          resolve(events);
        },
      });
    });
  }

  close() {
    this.relay?.close();
  }
}
