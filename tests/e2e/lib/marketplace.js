// A caller of the marketplace over @grpc/grpc-js that signs with nostr-tools.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { finalizeEvent } from 'nostr-tools/pure';

import { root } from './world.js';

const protoRoot = path.join(root, 'proto');
const services = ['order', 'payment', 'worker', 'operator', 'finance', 'relay'];
const definition = loader.loadSync(
  services.map((name) => path.join(protoRoot, `berth/v1/${name}_service.proto`)),
  {
    includeDirs: [protoRoot],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
    keepCase: true,
  },
);
export const berth = grpc.loadPackageDefinition(definition).berth.v1;

export const kinds = {
  order: 24410,
  amend: 24411,
  cancel: 24412,
  channel: 24413,
  claim: 24414,
  action: 24415,
  relay: 24416,
};

export function sign(secretKey, kind, terms, marketplace, { createdAt, expiration, tags } = {}) {
  const now = createdAt ?? Math.floor(Date.now() / 1000);
  return JSON.stringify(
    finalizeEvent(
      {
        kind,
        created_at: now,
        tags: tags ?? [
          ['p', marketplace],
          ['v', '1'],
          ['expiration', String(expiration ?? now + 300)],
        ],
        content: JSON.stringify(terms),
      },
      secretKey,
    ),
  );
}

export function reasonOf(error) {
  // ErrorInfo.reason is the first string of the detail; the whole message is not decoded here.
  const details = error.metadata?.get('grpc-status-details-bin')[0];
  return details ? /[A-Z][A-Z0-9]*(_[A-Z0-9]+)+/.exec(details.toString('latin1'))?.[0] : undefined;
}

export class Marketplace {
  constructor({ marketplace }) {
    this.address = marketplace.address;
    this.pubkey = marketplace.pubkey;
    this.credentials = grpc.credentials.createSsl(readFileSync(marketplace.ca_file));
    this.clients = {};
  }

  #client(service) {
    this.clients[service] ??= new berth[service](this.address, this.credentials);
    return this.clients[service];
  }

  #metadata(service, method, request, secretKey) {
    const metadata = new grpc.Metadata();
    if (!secretKey) return metadata;
    const { path: rpc, requestSerialize } = berth[service].service[method];
    const event = finalizeEvent(
      {
        kind: 27235,
        created_at: Math.floor(Date.now() / 1000),
        tags: [
          ['u', `grpc://${this.address}${rpc}`],
          ['method', 'POST'],
          ['nonce', randomUUID()], // Equal reads of one second are two events.
          ['payload', createHash('sha256').update(requestSerialize(request)).digest('hex')],
        ],
        content: '',
      },
      secretKey,
    );
    metadata.set('authorization', `Nostr ${Buffer.from(JSON.stringify(event)).toString('base64')}`);
    return metadata;
  }

  // Resolves to the response; rejects with the gRPC error, its `reason` filled in.
  call(service, method, request = {}, secretKey) {
    return new Promise((resolve, reject) => {
      this.#client(service)[method](
        request,
        this.#metadata(service, method, request, secretKey),
        { deadline: Date.now() + 30_000 },
        (error, response) => {
          if (!error) return resolve(response);
          error.reason = reasonOf(error);
          return reject(error);
        },
      );
    });
  }

  stream(service, method, request, secretKey) {
    return this.#client(service)[method](
      request,
      this.#metadata(service, method, request, secretKey),
      { deadline: Date.now() + 300_000 },
    );
  }

  close() {
    for (const client of Object.values(this.clients)) client.close();
  }
}
