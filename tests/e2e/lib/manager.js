// Somebody with a key who calls a relay's management API (NIP-86), by nostr-tools and fetch.
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { getToken } from 'nostr-tools/nip98';

export class Manager {
  constructor(relay, secretKey = generateSecretKey()) {
    this.relay = relay;
    this.secretKey = secretKey;
    this.pubkey = getPublicKey(secretKey);
  }

  sign(template) {
    return finalizeEvent(
      { created_at: Math.floor(Date.now() / 1000), tags: [], content: '', ...template },
      this.secretKey,
    );
  }

  async call(method, ...params) {
    const body = { method, params };
    const authorization = await getToken(
      this.relay.url,
      'POST',
      (event) => finalizeEvent(event, this.secretKey),
      true,
      body,
    );
    const answer = await fetch(this.relay.url.replace('ws', 'http'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/nostr+json+rpc', Authorization: authorization },
      body: JSON.stringify(body),
    });
    return { status: answer.status, ...(await answer.json()) };
  }
}
