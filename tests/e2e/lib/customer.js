// A customer made of tools nobody here wrote: nostr-tools signs, xrpl.js pays, grpc-js carries.
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { kinds, sign } from './marketplace.js';
import { XrplPayer } from './xrpl_payer.js';

const finalStates = ['ORDER_STATE_CLOSED', 'ORDER_STATE_FAILED', 'ORDER_STATE_CANCELLED'];

export class Customer {
  constructor(world, marketplace, { algorithm } = {}) {
    this.world = world;
    this.marketplace = marketplace;
    this.secretKey = generateSecretKey();
    this.pubkey = getPublicKey(this.secretKey);
    this.payer = new XrplPayer(world.info.xrpl.url, algorithm);
    this.cumulative = 0n;
  }

  event(kind, terms, options) {
    return sign(this.secretKey, kinds[kind], terms, this.marketplace.pubkey, options);
  }

  async openChannel(drops = 100_000_000) {
    this.channelId = await this.payer.openChannel(this.world.info.xrpl.account, drops);
    return this.registerChannel();
  }

  async registerChannel() {
    const { channel } = await this.marketplace.call('PaymentService', 'RegisterChannel', {
      event: this.event('channel', {
        rail: 'xrp',
        channel_id: this.channelId,
        proof: this.payer.proof(this.marketplace.pubkey, this.pubkey, this.channelId),
      }),
    });
    return channel;
  }

  claimEvent(order, cumulative) {
    return this.event('claim', {
      rail: 'xrp',
      channel_id: this.channelId,
      cumulative: String(cumulative),
      order,
      signature: this.payer.claim(this.channelId, cumulative),
    });
  }

  async placeOrder(terms = {}) {
    const event = this.event('order', { plan: this.world.info.operators[0].plan, ...terms });
    const { order } = await this.marketplace.call('OrderService', 'PlaceOrder', { event });
    return order;
  }

  async pay(order, drops = BigInt(order.due.find((due) => due.rail === 'xrp').amount)) {
    this.cumulative += drops;
    return this.marketplace.call('PaymentService', 'SubmitClaim', {
      event: this.claimEvent(order.name, this.cumulative),
    });
  }

  read(service, method, request) {
    return this.marketplace.call(service, method, request, this.secretKey);
  }

  async order(name) {
    return (await this.read('OrderService', 'GetOrder', { name })).order;
  }

  async channel() {
    return (
      await this.read('PaymentService', 'GetChannel', { name: `channels/xrp-${this.channelId}` })
    ).channel;
  }

  // Follows the order until `wanted`, over restarts of the marketplace; returns every event seen.
  async watchUntil(name, wanted, seconds = 120) {
    const give_up = Date.now() + seconds * 1000;
    const events = [];
    let resumeAfter = '0';
    while (Date.now() < give_up) {
      const stream = this.marketplace.stream(
        'OrderService',
        'WatchOrder',
        { name, resume_after: resumeAfter },
        this.secretKey,
      );
      const timer = setTimeout(() => stream.cancel(), give_up - Date.now());
      try {
        for await (const message of stream) {
          if (!message.event) continue;
          events.push(message.event);
          resumeAfter = message.event.number;
          const { state } = message.event;
          if (state === wanted) return events;
          if (finalStates.includes(state)) {
            throw new Error(`the order ended as ${state}: ${message.event.message}`);
          }
        }
      } catch (error) {
        if (error.code === undefined || ![1, 4, 14].includes(error.code)) throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, 200);
        });
      } finally {
        clearTimeout(timer);
        stream.cancel();
      }
    }
    const last = events.at(-1);
    throw new Error(
      `${name} was not ${wanted} after ${seconds} s; last: ${last?.state} ${last?.message}`,
    );
  }
}
