// Keeps an invoice's state up to date until it is paid or cannot be paid any more, and copies its
// text. Without a script the page reloads itself.
'use strict';

(() => {
  const state = document.getElementById('state');
  const request = document.getElementById('request');
  const copy = document.getElementById('copy');
  const everyMs = 2000;
  const ended = {
    settled: ({ paid_msat: msats }) => `Paid: ${msats / 1000} sat. It is in the balance.`,
    expired: () => 'This invoice has expired; nothing was paid.',
  };

  async function look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'application/json' } });
      const invoice = await answer.json();
      const tell = ended[invoice.state];
      if (tell) {
        state.textContent = tell(invoice);
        request.disabled = true;
        return;
      }
    } catch {
      // The relay is away for a moment: the state shown is still the last one known.
    }
    setTimeout(look, everyMs);
  }

  copy.addEventListener('click', async () => {
    request.select();
    await navigator.clipboard.writeText(request.value);
    copy.textContent = 'Copied';
  });
  copy.hidden = !navigator.clipboard;
  setTimeout(look, everyMs);
})();
