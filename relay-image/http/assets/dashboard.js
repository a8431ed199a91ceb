// Draws the dashboard's charts and keeps the page fresh. Without it the page reloads itself.
'use strict';

(() => {
  const everyMs = 5000;
  const maxSamples = 2160;
  const height = 180;
  const section = document.getElementById('charts');
  const figures = [...section.querySelectorAll('figure')];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let data = { time: [] };
  let plots = [];

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function columns(figure) {
    return [data.time, ...figure.dataset.series.split(' ').map((name) => data[name] ?? [])];
  }

  function plot(figure) {
    const axis = { stroke: style('--quiet'), grid: { stroke: style('--line'), width: 1 } };
    // As in the table: UTC.
    const clock = (at) => (at == null ? '--' : new Date(at * 1000).toISOString().slice(11, 19));
    const labels = figure.dataset.labels.split('|');
    return new uPlot(
      {
        width: figure.clientWidth,
        height,
        axes: [
          { ...axis, size: 32, space: 70, values: (_plot, times) => times.map(clock) },
          { ...axis, size: 64 },
        ],
        legend: { show: labels.length > 1 },
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
        series: [
          { label: 'Time (UTC)', value: (_plot, at) => clock(at) },
          ...labels.map((label, index) => ({
            label,
            stroke: style(index === 0 ? '--first' : '--second'),
            width: 2,
            points: { show: false },
          })),
        ],
      },
      columns(figure),
      figure,
    );
  }

  function draw() {
    for (const one of plots) one.destroy();
    section.hidden = false;
    plots = figures.map(plot);
  }

  function take(fresh) {
    for (const [name, values] of Object.entries(fresh)) {
      if (Array.isArray(values)) data[name] = [...(data[name] ?? []), ...values].slice(-maxSamples);
    }
    for (const cell of document.querySelectorAll('[data-figure]')) {
      const value = fresh.now[cell.dataset.figure];
      if (value !== undefined) cell.textContent = value;
    }
  }

  // The kinds are counted every few minutes; the page's section is taken anew when they were.
  async function takeKinds(at) {
    const section = document.getElementById('kinds');
    if (at === Number(section.dataset.at)) return;
    const answer = await fetch(new URL('/dashboard/kinds', location.origin));
    if (answer.ok) section.outerHTML = await answer.text();
  }

  async function refresh() {
    try {
      const since = data.time.at(-1) ?? 0;
      // From the origin: the page's own address may hold the password.
      const address = new URL(`/dashboard/figures.json?since=${since}`, location.origin);
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = await answer.json();
      take(fresh);
      await takeKinds(fresh.kinds_at);
      document.body.classList.remove('stale');
      if (plots.length === 0) draw();
      else plots.forEach((one, index) => one.setData(columns(figures[index])));
    } catch {
      document.body.classList.add('stale');
    }
    setTimeout(refresh, everyMs);
  }

  dark.addEventListener('change', draw);
  addEventListener('resize', () => {
    plots.forEach((one, i) => one.setSize({ width: figures[i].clientWidth, height }));
  });
  refresh();
})();
