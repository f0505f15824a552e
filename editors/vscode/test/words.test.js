'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { METHOD_NOT_FOUND, failure, heading, rows, statusText } = require('../words');

const status = (more) => ({ phase: 'idle', filesRead: 0, filesToRead: 0, pending: 0, stale: 0, lines: [], warnings: [], ...more });
const place = { uri: 'file:///a.py', range: { start: { line: 4, character: 0 }, end: { line: 4, character: 1 } } };
const item = { name: 'pkg.f', kind: 'function', state: 'stale', file: 'a.py', note: '', score: 0.5, location: place };

test('the status says what is missing, what is old and what is wrong', () => {
  assert.match(statusText(status()).text, /codegraph: fresh$/);
  assert.match(statusText(status({ pending: 1200, stale: 3 })).text, /codegraph: 1,200 pending, 3 stale$/);
  assert.match(statusText(status({ phase: 'indexing', filesRead: 1, filesToRead: 9 })).text, /indexing 1 of 9 files$/);
  assert.match(statusText(status({ phase: 'starting' })).text, /starting$/);
  assert.match(statusText({ phase: 'stopped', lines: [], warnings: [] }).text, /not running$/);
  assert.deepEqual(statusText(status({ warnings: ['polling'] })), { text: '$(warning) codegraph: fresh', warns: true });
});

test('what limits an answer stands above it and leads nowhere; rows show state, place and score', () => {
  const list = { title: 'callers of f', items: [item], notes: ['this may not be all: dynamic (2)'], below: ['dynamic (2): x'] };
  const [note, found, more] = rows(list);
  assert.deepEqual(note, { label: '$(warning) this may not be all: dynamic (2)' });
  assert.equal(found.location, place);
  assert.equal(found.label, '$(history) pkg.f');
  assert.equal(found.description, '0.500 · function');
  assert.equal(found.detail, 'a.py:5 — stale');
  assert.deepEqual(more, { label: '$(info) dynamic (2): x' });
  assert.equal(heading(list), 'callers of f: 1 place, maybe more');
  assert.equal(heading({ ...list, notes: [] }), 'callers of f: 1 place');
});

test('a long note loses nothing, and the names of others make no icons', () => {
  const words = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ');
  const labels = rows({ title: '', items: [], notes: [words] }).map((row) => row.label.replace(/^\$\(\w+\) /, ''));
  assert.equal(labels.join(' '), words);
  assert.ok(labels.every((label) => label.length <= 80));
  assert.ok(!rows({ title: '', items: [{ ...item, name: '$(bug)' }], notes: [] })[0].label.includes('$(bug)'));
});

test('why a server did not start is said with what to do', () => {
  assert.match(failure('codegraph', { code: 'ENOENT' }, ''), /not installed.*pip install 'codegraph-daemon\[lsp\]'/);
  assert.match(failure('codegraph', { code: METHOD_NOT_FOUND }, ''), /too old.*pip install -U/);
  assert.match(failure('codegraph', {}, "error: invalid choice: 'lsp' (choose from ...)"), /too old/);
  assert.match(failure('codegraph', {}, 'next: pip install x\n'), /did not start. next: pip install x$/);
});
