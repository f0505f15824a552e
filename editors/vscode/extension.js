// codegraph in VS Code: servers by workspace folder, the item in the status bar, the commands.
'use strict';

const vscode = require('vscode');
const { Folder } = require('./folder');
const { delay, heading, rows, statusText } = require('./words');

/** @typedef {import('./words').Row & vscode.QuickPickItem} Pick */

const TYPING_MILLISECONDS = 150;
const SHOWN_MILLISECONDS = 15_000;

/** @type {Map<string, Folder>} by the URI of the workspace folder */
const folders = new Map();
/** @type {vscode.LogOutputChannel} */
let log;
/** @type {vscode.StatusBarItem} */
let bar;
/** @type {NodeJS.Timeout | undefined} */
let timer;

/** @param {vscode.ExtensionContext} context */
function activate(context) {
  log = vscode.window.createOutputChannel('codegraph', { log: true });
  bar = vscode.window.createStatusBarItem('codegraph.status', vscode.StatusBarAlignment.Left);
  bar.name = 'codegraph';
  bar.command = 'codegraph.status';
  const languages = new Set(context.extension.packageJSON.activationEvents.map((each) => each.split(':')[1]));
  const opened = (/** @type {vscode.TextDocument} */ document) => {
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    if (folder && document.uri.scheme === 'file' && languages.has(document.languageId)) open(folder);
  };
  const command = (name, run) => vscode.commands.registerCommand(`codegraph.${name}`, () => run().catch(report));
  context.subscriptions.push(
    log,
    bar,
    command('search', search),
    command('callers', () => list('codegraph/callers')),
    command('impact', () => list('codegraph/impact')),
    command('similar', () => list('codegraph/similar')),
    command('status', showStatus),
    command('verify', verify),
    command('restart', restart),
    vscode.workspace.onDidOpenTextDocument(opened),
    vscode.workspace.onDidSaveTextDocument(() => show(300)),
    vscode.window.onDidChangeActiveTextEditor(() => show(0)),
    vscode.window.onDidChangeWindowState(() => show(0)),
    vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => removed.forEach((each) => close(each.uri.toString()))),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('codegraph.command')) restart().catch(report);
    }),
  );
  vscode.workspace.textDocuments.forEach(opened);
}

async function deactivate() {
  clearTimeout(timer);
  await Promise.all([...folders.keys()].map(close));
}

/** @param {vscode.WorkspaceFolder} folder */
function open(folder) {
  const key = folder.uri.toString();
  const known = folders.get(key);
  if (known) return known;
  const made = new Folder(folder, log, limits, failed);
  folders.set(key, made);
  show(0);
  return made;
}

/** @param {string} key */
async function close(key) {
  const folder = folders.get(key);
  folders.delete(key);
  await folder?.stop();
}

async function restart() {
  const known = [...folders.values()].map((each) => each.folder);
  await Promise.all([...folders.keys()].map(close));
  (known.length ? known : (vscode.workspace.workspaceFolders ?? [])).forEach(open);
}

/** Say at the bottom that an answer of the protocol's own may not be all. @param {string} message */
function limits(message) {
  vscode.window.setStatusBarMessage(`$(warning) codegraph: ${message}`, SHOWN_MILLISECONDS);
}

/** @param {Folder} folder */
function failed(folder) {
  show(0);
  vscode.window.showErrorMessage(folder.trouble, 'Try Again', 'Open Settings', 'Show Log').then((choice) => {
    if (choice === 'Try Again') restart().catch(report);
    if (choice === 'Open Settings') vscode.commands.executeCommand('workbench.action.openSettings', 'codegraph.command');
    if (choice === 'Show Log') log.show();
  });
}

/** @param {any} error */
function report(error) {
  if (error instanceof vscode.CancellationError) return;
  log.error(error);
  vscode.window.showErrorMessage(`codegraph: ${error.message ?? error}`);
}

/** Return the folder of what is being edited, else the first one that is in use. */
function current() {
  const document = vscode.window.activeTextEditor?.document;
  const folder = document && vscode.workspace.getWorkspaceFolder(document.uri);
  return (folder && folders.get(folder.uri.toString())) ?? [...folders.values()][0];
}

/** Show how the index is after so many milliseconds, and go on while somebody looks. @param {number} milliseconds */
function show(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const folder = current();
    if (!folder) return bar.hide();
    if (!bar.text) bar.text = '$(sync~spin) codegraph: starting';
    bar.show();
    if (!folder.trouble) await folder.refresh();
    if (folder !== current()) return show(0);
    showIn(folder);
    if (vscode.window.state.focused && !folder.trouble) show(delay(folder.status));
  }, milliseconds);
}

/** @param {Folder} folder */
function showIn(folder) {
  const { status } = folder;
  const { text, warns } = status ? statusText(status) : { text: '$(error) codegraph: unavailable', warns: true };
  bar.text = text;
  bar.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  const lines = status ? [...status.warnings, ...status.lines.map((line) => line.join(': '))] : [folder.trouble || folder.problem];
  bar.tooltip = [folder.folder.name, ...lines.slice(0, 12)].join('\n');
}

/** Ask as one types; an answer to an older question is not shown. */
async function search() {
  const all = (vscode.workspace.workspaceFolders ?? []).filter((each) => each.uri.scheme === 'file').map(open);
  if (!all.length) throw new Error('open a folder first');
  const pick = vscode.window.createQuickPick();
  pick.placeholder = 'What it does, a name, or code; filters: lang:python kind:class path:src/** -path:tests/';
  pick.title = 'codegraph: Search by Meaning';
  let question = new vscode.CancellationTokenSource();
  /** @type {NodeJS.Timeout | undefined} */
  let typing;
  const ask = async (/** @type {string} */ query) => {
    const { token } = question;
    const found = await Promise.all(all.map((folder) => found_in(folder, query, token)));
    if (token.isCancellationRequested) return;
    fill(pick, found.flat(), true);
    pick.busy = false;
  };
  pick.onDidChangeValue((query) => {
    clearTimeout(typing);
    question.cancel();
    question = new vscode.CancellationTokenSource();
    pick.busy = Boolean(query.trim());
    if (pick.busy) typing = setTimeout(() => ask(query).catch(report), TYPING_MILLISECONDS);
    else pick.items = [];
  });
  pick.onDidAccept(() => go(pick));
  pick.onDidHide(() => {
    clearTimeout(typing);
    question.cancel();
    pick.dispose();
  });
  pick.show();

  /** @returns {Promise<Pick[]>} */
  async function found_in(folder, query, token) {
    const separator = { label: folder.folder.name, kind: vscode.QuickPickItemKind.Separator };
    const answer = await folder.ask('codegraph/search', { query }, token).catch((error) => ({
      items: [],
      notes: [error.message],
    }));
    return [...(all.length > 1 ? [separator] : []), ...rows(answer)];
  }
}

/** Ask about the symbol at the cursor. @param {string} method */
async function list(method) {
  const editor = vscode.window.activeTextEditor;
  const folder = editor && vscode.workspace.getWorkspaceFolder(editor.document.uri);
  if (!editor || !folder || folder.uri.scheme !== 'file') throw new Error('open a file of the workspace first');
  const { active } = editor.selection;
  const { line, character } = editor.document.getWordRangeAtPosition(active)?.start ?? active;
  const params = { textDocument: { uri: editor.document.uri.toString() }, position: { line, character } };
  const progress = { location: vscode.ProgressLocation.Window, title: 'codegraph' };
  const found = await vscode.window.withProgress(progress, () => open(folder).ask(method, params));
  const pick = vscode.window.createQuickPick();
  pick.title = heading(found);
  pick.matchOnDescription = pick.matchOnDetail = true;
  fill(pick, rows(found), false);
  pick.onDidAccept(() => go(pick));
  pick.onDidHide(() => pick.dispose());
  pick.show();
}

/**
 * Show rows in their order, of those that lead somewhere `all` or what fits to what is typed; point at the first one.
 * @param {vscode.QuickPick<Pick>} pick
 * @param {Pick[]} found
 * @param {boolean} all
 */
function fill(pick, found, all) {
  Object.assign(pick, { sortByLabel: false });
  pick.items = found.map((each) => ({ ...each, alwaysShow: all || !each.location }));
  pick.activeItems = pick.items.filter((each) => each.location).slice(0, 1);
}

/** Open the place of the row that was chosen; a note has none. @param {vscode.QuickPick<Pick>} pick */
function go(pick) {
  const location = pick.activeItems[0]?.location;
  if (!location) return;
  const { line, character } = location.range.start;
  const selection = new vscode.Range(line, character, line, character);
  pick.hide();
  vscode.window.showTextDocument(vscode.Uri.parse(location.uri), { selection }).then(undefined, report);
}

/** Return the folder that a question is about which is not about a place. */
function needed() {
  const folder = current() ?? vscode.workspace.workspaceFolders?.map(open)[0];
  if (!folder) throw new Error('open a folder first');
  return folder;
}

async function showStatus() {
  const folder = needed();
  if (folder.trouble) return failed(folder);
  const { lines, warnings } = await folder.ask('codegraph/status');
  const items = [
    ...warnings.map((label) => ({ label: `$(warning) ${label}` })),
    ...lines.map(([label, description]) => ({ label, description })),
  ];
  await vscode.window.showQuickPick(items, { title: `codegraph: status of ${folder.folder.name}` });
}

async function verify() {
  const folder = needed();
  const title = `codegraph builds the index of ${folder.folder.name} a second time and compares`;
  const progress = { location: vscode.ProgressLocation.Notification, title };
  const found = await vscode.window.withProgress(progress, () => folder.ask('codegraph/verify'));
  const compared = Object.entries(found.counts).map(([part, count]) => `${count} ${part}`);
  if (found.equal) {
    vscode.window.showInformationMessage(`codegraph: equal to a clean build (${compared.join(', ')})`);
    return;
  }
  for (const [part, differences] of Object.entries(found.differences)) log.error([part, ...differences].join('\n'));
  log.show();
  vscode.window.showErrorMessage('codegraph: the index differs from a clean build: this is a bug, see the log');
}

module.exports = { activate, deactivate };
