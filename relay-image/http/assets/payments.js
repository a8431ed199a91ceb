// Asks the relay for the balance of the key that a browser extension holds (NIP-07), by a proof of
// that key (NIP-98). Without one, the page still tells fees and how to pay.
'use strict';

(() => {
  const button = document.getElementById('ask');
  const status = document.getElementById('balance');
  const proofKind = 27235;

  // The one account that the relay shows to this key.
  async function ask() {
    const now = Math.floor(Date.now() / 1000);
    const proof = await window.nostr.signEvent({
      kind: proofKind,
      created_at: now,
      tags: [
        ['u', new URL('/payments', location.origin).href],
        ['method', 'GET'],
      ],
      content: '',
    });
    const bytes = new TextEncoder().encode(JSON.stringify(proof));
    const answer = await fetch('/payments', {
      headers: {
        Accept: 'application/json',
        Authorization: `Nostr ${btoa(String.fromCharCode(...bytes))}`,
      },
    });
    const { account, error } = await answer.json();
    if (!account) throw new Error(error);
    return account;
  }

  function sentences(account) {
    if (account.exempt) return 'You publish here without paying.';
    const all = [`Your balance is ${account.shown}.`];
    if (account.admitted) all.push('Your admission is paid.');
    if (account.subscribed_until * 1000 > Date.now()) {
      const end = new Date(account.subscribed_until * 1000).toLocaleString();
      all.push(`Your subscription lasts until ${end}.`);
    }
    if (account.unsettled > 0) all.push(`Claims still to be verified: ${account.unsettled}.`);
    return all.join(' ');
  }

  button.addEventListener('click', async () => {
    if (!window.nostr) {
      status.textContent = 'This needs a browser extension that holds your Nostr key.';
      return;
    }
    status.textContent = 'Asking the relay...';
    try {
      status.textContent = sentences(await ask());
    } catch (error) {
      status.textContent = `The balance is not shown: ${error.message}`;
    }
  });
  button.hidden = false;
})();
