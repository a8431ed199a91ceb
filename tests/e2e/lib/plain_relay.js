// A relay of others' making that knows no more than REQ, EVENT and CLOSE, 50 events at a time.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { matchFilter } from 'nostr-tools/filter';

const MOST = 50;

export class PlainRelay {
  events = new Map();
  #server;

  static async start() {
    const relay = new PlainRelay();
    relay.#server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    relay.#server.on('connection', (socket) => relay.#serve(socket));
    await once(relay.#server, 'listening');
    relay.url = `ws://127.0.0.1:${relay.#server.address().port}`;
    return relay;
  }

  matching(filter) {
    return [...this.events.values()]
      .filter((event) => matchFilter(filter, event))
      .sort((a, b) => b.created_at - a.created_at)
      .slice(0, Math.min(filter.limit ?? MOST, MOST));
  }

  #serve(socket) {
    const say = (...message) => socket.send(JSON.stringify(message));
    const verbs = {
      EVENT: (event) => {
        this.events.set(event.id, event);
        say('OK', event.id, true, '');
      },
      REQ: (id, filter) => {
        this.matching(filter).forEach((event) => say('EVENT', id, event));
        say('EOSE', id);
      },
      CLOSE: () => {},
    };
    socket.on('message', (data) => {
      const [verb, ...rest] = JSON.parse(data);
      if (verbs[verb]) verbs[verb](...rest);
      else say('NOTICE', `unknown message ${verb}`);
    });
  }

  stop() {
    this.#server.clients.forEach((client) => client.terminate());
    this.#server.close();
  }
}
