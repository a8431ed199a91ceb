// A payer on the XRP Ledger: keys and signatures are xrpl.js's own, the ledger is the stand-in.
import { Wallet, dropsToXrp, signPaymentChannelClaim } from 'xrpl';
import { sign as signMessage } from 'ripple-keypairs';

export class XrplPayer {
  constructor(url, algorithm = 'secp256k1') {
    this.url = url;
    this.wallet = Wallet.generate(algorithm === 'ed25519' ? 'ed25519' : 'ecdsa-secp256k1');
  }

  async rpc(method, params = {}) {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method, params: [params] }),
    });
    const { result } = await answer.json();
    if (result?.error) throw new Error(`${method}: ${result.error} ${result.error_message ?? ''}`);
    return result;
  }

  async openChannel(destination, drops, { settleDelay = 86400, destinationTag } = {}) {
    const result = await this.rpc('sandbox_create_channel', {
      account: this.wallet.address,
      destination,
      public_key: this.wallet.publicKey,
      amount: String(drops),
      settle_delay: settleDelay,
      ...(destinationTag === undefined ? {} : { destination_tag: destinationTag }),
    });
    return result.channel_id;
  }

  proof(marketplace, customer, channelId) {
    const text = `berth-channel:1:${marketplace}:${customer}:${channelId}`;
    return signMessage(Buffer.from(text).toString('hex').toUpperCase(), this.wallet.privateKey);
  }

  claim(channelId, drops) {
    return signPaymentChannelClaim(channelId, dropsToXrp(String(drops)), this.wallet.privateKey);
  }
}
