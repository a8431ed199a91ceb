const { execFileSync } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

const RUNS = 5;
const stack = path.join(__dirname, '../../../build/release/cli/stack/berth-stack');

/// The outcome of one world, from its first program to its last.
function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-bench-'));
  try {
    const words = ['quickstart', '--once', '--json', '--folder', folder];
    const out = execFileSync(stack, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(out.toString().trim().split('\n').at(-1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rounded = (seconds) => Number(seconds.toFixed(3));

const outcomes = Array.from({ length: RUNS }, run);
const own = (outcome) => outcome.seconds_to_active - outcome.seconds_of_blocks_and_bids;
const figure = median(outcomes.map(own));
const waited = median(outcomes.map((outcome) => outcome.seconds_of_blocks_and_bids));
const result = {
  benchmark: 'quickstart',
  runs: RUNS,
  figures: { seconds_less_blocks_and_bids: rounded(figure) },
  yardstick: { seconds_of_blocks_and_bids: rounded(waited) },
  ratio: rounded(figure / waited),
};

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(result));
} else {
  console.log(`payment to ACTIVE less blocks and bids  ${rounded(figure)} s`);
  console.log(`blocks and bids  ${rounded(waited)} s, ratio ${result.ratio}`);
}
