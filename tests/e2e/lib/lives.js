// Whole lives of orders in one world, undisturbed or under kills.
import assert from 'node:assert/strict';
import { Customer } from './customer.js';
import { assertInvariants } from './invariants.js';
import { Marketplace } from './marketplace.js';

export class Lives {
  #world;
  #marketplace;

  constructor(world) {
    this.#world = world;
    this.#marketplace = new Marketplace(world.info);
  }

  async end() {
    this.#marketplace.close();
    await this.#world.stop();
  }

  // A request is repeated as it is until it is answered: its event makes that safe.
  async #persist(request) {
    let refusal;
    const attempt = async () => {
      try {
        return await request();
      } catch (error) {
        if (![1, 2, 4, 8, 14].includes(error.code)) throw error;
        refusal = error;
        return undefined;
      }
    };
    try {
      return await this.#world.until(60, attempt);
    } catch (error) {
      if (refusal) error.message += `\nrefused at last: ${refusal.message}`;
      throw error;
    }
  }

  /// One whole life: placed, paid, active, closed. Signed once, sent as often as it takes.
  async live() {
    const world = this.#world;
    const marketplace = this.#marketplace;
    const customer = new Customer(world, marketplace);
    await this.#persist(() => customer.openChannel(50_000_000));
    const event = customer.event('order', { plan: world.info.operators[0].plan });
    const { order } = await this.#persist(() =>
      marketplace.call('OrderService', 'PlaceOrder', { event }),
    );
    const drops = order.due.find(({ rail }) => rail === 'xrp').amount;
    const claim = customer.claimEvent(order.name, drops);
    const paid = await this.#persist(() =>
      marketplace.call('PaymentService', 'SubmitClaim', { event: claim }),
    );
    assert.equal(paid.credited, drops);
    await customer.watchUntil(order.name, 'ORDER_STATE_ACTIVE', 300);
    await this.#persist(() => assertInvariants(world, 'while active').then(() => true));
    const cancel = customer.event('cancel', { order: order.name });
    await this.#persist(() => marketplace.call('OrderService', 'CancelOrder', { event: cancel }));
    await customer.watchUntil(order.name, 'ORDER_STATE_CLOSED', 300);
    const channel = await this.#persist(() => customer.channel());
    assert.equal(channel.accepted, drops);
    assert.equal(channel.held, '0');
  }

  /// One life under the given boundaries of each program, each killing it once, in this order.
  /// Returns those not reached: the first of them came out of its turn and held up the rest.
  async liveThrough(kills) {
    for (const [server, boundaries] of Object.entries(kills)) {
      const failpoints = boundaries.join(' ');
      const armed = await this.#world.command({ do: 'restart', server, failpoints });
      assert.ok(armed.ok, JSON.stringify(armed));
    }
    const before = this.#world.events.length;
    try {
      await this.live();
      await assertInvariants(this.#world, `after ${JSON.stringify(kills)}`);
    } catch (error) {
      const events = this.#world.events.slice(before);
      const told = events.map(({ event, server }) => `${server} ${event}`);
      error.message += `\n${told.join(', ')}\n${await this.#world.logTail('marketplace')}`;
      throw error;
    }
    const unreached = {};
    for (const [server, boundaries] of Object.entries(kills)) {
      const ends = this.#world.events
        .slice(before)
        .filter((event) => event.event === 'ended' && event.server === server);
      for (const { how } of ends) assert.match(how, /signal 9|SIGKILL|killed/i);
      unreached[server] = boundaries.slice(ends.length);
    }
    return unreached;
  }
}
