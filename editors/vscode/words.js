// What is shown, as text: of codegraph's answers, without anything of VS Code. Tests: test/words.test.js.
'use strict';

/**
 * @typedef {{line: number, character: number}} Position
 * @typedef {{uri: string, range: {start: Position, end: Position}}} Location
 * @typedef {{name: string, kind: string, state: string, file: string, note: string, score?: number,
 *   location: Location}} Item
 * @typedef {{title: string, items: Item[], notes: string[], below?: string[]}} List
 * @typedef {{phase: string, filesRead?: number, filesToRead?: number, pending?: number, stale?: number,
 *   lines: [string, string][], warnings: string[]}} Status
 * @typedef {{label: string, description?: string, detail?: string, location?: Location}} Row
 */

const ICONS = { fresh: '$(circle-filled)', stale: '$(history)', pending: '$(circle-outline)' };

/** Characters of a line in a quick pick. */
const WIDTH = 72;

/** LSP's code of a request that the server does not know. */
const METHOD_NOT_FOUND = -32601;

/**
 * Say in a few words how the index is.
 * @param {Status} status
 * @returns {{text: string, warns: boolean}}
 */
function statusText(status) {
  const warns = status.warnings.length > 0;
  return { text: `${warns ? '$(warning)' : '$(circuit-board)'} codegraph: ${stateText(status)}`, warns };
}

/** @param {Status} status */
function stateText(status) {
  const { phase, filesRead = 0, filesToRead = 0, pending = 0, stale = 0 } = status;
  if (phase === 'stopped') return 'not running';
  if (filesToRead) return `indexing ${count(filesRead)} of ${count(filesToRead)} files`;
  if (phase === 'starting' || phase === 'indexing') return phase;
  const waiting = [pending && `${count(pending)} pending`, stale && `${count(stale)} stale`].filter(Boolean);
  return waiting.join(', ') || 'fresh';
}

/** How many milliseconds to wait before the status is asked for again. @param {Status | undefined} status */
function delay(status) {
  if (!status) return 10_000;
  return status.phase === 'idle' ? 5_000 : 1_000;
}

/**
 * Return the rows of an answer: first whatever limits it, which leads nowhere, then what was found, as it was ranked.
 * @param {List} list
 * @returns {Row[]}
 */
function rows({ items, notes, below = [] }) {
  const above = notes.flatMap((each) => said('warning', each));
  return [...above, ...items.map(row), ...below.flatMap((each) => said('info', each))];
}

/** @param {string} icon @param {string} note @returns {Row[]} */
function said(icon, note) {
  return wrapped(plain(note)).map((line, at) => ({ label: `$(${at ? 'blank' : icon}) ${line}` }));
}

/** Cut a text at blanks into lines that a quick pick shows whole. @param {string} text */
function wrapped(text) {
  return text.match(new RegExp(`\\S.{0,${WIDTH}}(?= |$)|\\S{${WIDTH},}`, 'gs')) ?? [''];
}

/**
 * @param {Item} item
 * @returns {Row}
 */
function row(item) {
  const place = `${item.file}:${item.location.range.start.line + 1}`;
  const score = item.score === undefined ? '' : item.score.toFixed(3);
  return {
    label: `${ICONS[item.state] ?? '$(question)'} ${plain(item.name)}`,
    description: [score, item.kind, item.note].filter(Boolean).join(' · '),
    detail: `${place} — ${item.state}`,
    location: item.location,
  };
}

/**
 * Say how many were found, and whether that may not be all.
 * @param {List} list
 */
function heading(list) {
  const found = list.items.length === 1 ? '1 place' : `${count(list.items.length)} places`;
  return `${list.title}: ${found}${list.notes.some((note) => note.startsWith('this may not be all')) ? ', maybe more' : ''}`;
}

/**
 * Say why the server could not be started, and what to do.
 * @param {string} command
 * @param {{code?: number | string}} error what the system or the protocol reported
 * @param {string} stderr the last words of the process
 */
function failure(command, error, stderr) {
  if (error.code === 'ENOENT') {
    return (
      `codegraph is not installed, or not on the PATH that VS Code has: there is no program "${command}". ` +
      "Install it (pip install 'codegraph-daemon[lsp]'), or name it in the setting codegraph.command."
    );
  }
  if (error.code === 'EACCES') return `"${command}" (the setting codegraph.command) is no program that may be run.`;
  if (error.code === METHOD_NOT_FOUND || /invalid choice: '?lsp/.test(stderr)) {
    return `"${command}" is too old for this extension. Update it: pip install -U 'codegraph-daemon[lsp]'.`;
  }
  return `"${command} lsp" did not start. ${stderr.trim() || 'It said nothing.'}`;
}

/** Texts of other people's files show no icons. @param {string} text */
function plain(text) {
  return text.replace(/\$\(/g, '$\u200b(');
}

/** @param {number} number */
function count(number) {
  return number.toLocaleString('en');
}

module.exports = { METHOD_NOT_FOUND, delay, failure, heading, rows, statusText };
