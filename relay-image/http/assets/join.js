// Joins the relay (NIP-43) by the key of a browser extension (NIP-07). Without one, the page says
// how to join by a client.
'use strict';

(() => {
  const form = document.getElementById('join');
  const status = document.getElementById('join-status');
  const address = location.origin.replace(/^http/, 'ws');
  const joinKind = 28934;
  const authKind = 22242;
  const patienceMs = 20000;

  const sign = (kind, tags) =>
    window.nostr.signEvent({ kind, tags, content: '', created_at: Math.floor(Date.now() / 1000) });

  // Sends the request once the relay knows the key, and returns the relay's answer to it.
  function join(code) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address);
      const timer = setTimeout(() => socket.close(), patienceMs);
      let auth;
      let request;
      socket.onclose = () => {
        clearTimeout(timer);
        reject(new Error('The relay does not answer.'));
      };
      socket.onmessage = async ({ data }) => {
        try {
          const [verb, first, accepted, text] = JSON.parse(data);
          if (verb === 'AUTH') {
            auth = await sign(authKind, [
              ['relay', form.dataset.relay],
              ['challenge', first],
            ]);
            socket.send(JSON.stringify(['AUTH', auth]));
          } else if (verb === 'OK' && first === auth?.id) {
            if (!accepted) throw new Error(text);
            request = await sign(joinKind, [['-'], ['claim', code]]);
            socket.send(JSON.stringify(['EVENT', request]));
          } else if (verb === 'OK' && first === request?.id) {
            if (!accepted) throw new Error(text);
            resolve(text);
            socket.close();
          }
        } catch (error) {
          reject(error);
          socket.close();
        }
      };
    });
  }

  const plain = (text) => text.replace(/^[a-z-]+: /, '');

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!window.nostr) {
      status.textContent = 'This needs a browser extension that holds your Nostr key.';
      return;
    }
    status.textContent = 'Asking the relay...';
    try {
      status.textContent = `Done: ${plain(await join(form.elements.code.value.trim()))}.`;
    } catch (error) {
      status.textContent = `You have not joined: ${plain(error.message)}.`;
    }
  });
  form.hidden = false;
})();
