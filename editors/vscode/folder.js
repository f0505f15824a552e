// One workspace folder and its `codegraph lsp`: started when first needed, asked, stopped.
'use strict';

const { spawn } = require('node:child_process');
const { CloseAction, ErrorAction, LanguageClient } = require('vscode-languageclient/node');
const vscode = require('vscode');
const { METHOD_NOT_FOUND, failure } = require('./words');

/** @typedef {import('./words').Status} Status */

const KEPT_STDERR = 2_000;
const WARNING = 2; // MessageType of LSP
const RESTARTS = 3;
const STOP_MILLISECONDS = 3_000;

class Folder {
  /**
   * @param {vscode.WorkspaceFolder} folder
   * @param {vscode.LogOutputChannel} log
   * @param {(message: string) => void} limits told what limits an answer
   * @param {(folder: Folder) => void} failed told once the server cannot be used; `trouble` says why
   */
  constructor(folder, log, limits, failed) {
    this.folder = folder;
    this.trouble = '';
    this.problem = ''; // why the last status is not known
    /** @type {Status | undefined} */
    this.status = undefined;
    this._log = log;
    this._limits = limits;
    this._failed = failed;
    this._stderr = '';
    this._stopped = false;
    /** @type {number[]} */
    this._ends = [];
    /** @type {LanguageClient | undefined} */
    this._client = undefined;
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this._process = undefined;
    this._started = this._start();
  }

  get _settings() {
    return vscode.workspace.getConfiguration('codegraph', this.folder.uri);
  }

  get _command() {
    return this._settings.get('command') || 'codegraph';
  }

  /**
   * Ask the server, once it runs.
   * @param {string} method
   * @param {object} [params]
   * @param {vscode.CancellationToken} [token]
   * @returns {Promise<any>}
   */
  async ask(method, params = {}, token = undefined) {
    await this._started;
    if (this.trouble || !this._client) throw new Error(this.trouble || 'codegraph has been stopped');
    return token ? this._client.sendRequest(method, params, token) : this._client.sendRequest(method, params);
  }

  /** Ask how the index is; `status` is undefined where that is not known. */
  async refresh() {
    try {
      this.status = await this.ask('codegraph/status');
    } catch (error) {
      this.status = undefined;
      this.problem = error.message;
      this._log.warn(`status of ${this.folder.name}: ${error.message}`);
      if (error.code === METHOD_NOT_FOUND) this._fail(error);
    }
  }

  /** End the server, and see that it has ended. */
  async stop() {
    this._stopped = true;
    await this._client?.stop(STOP_MILLISECONDS).catch((error) => this._log.warn(String(error)));
    if (this._process && this._process.exitCode === null) this._process.kill();
  }

  async _start() {
    try {
      // before there is a client, whose own messages would not say what to do
      /** @type {Promise<import('node:child_process').ChildProcess> | undefined} */
      let first = Promise.resolve(await this._spawn());
      const server = () => {
        const child = first ?? this._spawn();
        first = undefined;
        return child;
      };
      this._client = new LanguageClient('codegraph', 'codegraph', server, this._options());
      this._client.onNotification('window/logMessage', ({ type, message }) => {
        this._log.info(message);
        if (type <= WARNING) this._limits(message);
      });
      await this._client.start();
    } catch (error) {
      this._fail(error);
    }
  }

  /** @returns {Promise<import('node:child_process').ChildProcess>} */
  _spawn() {
    return new Promise((resolve, reject) => {
      this._stderr = '';
      const child = spawn(this._command, ['lsp'], { cwd: this.folder.uri.fsPath, stdio: 'pipe' });
      this._process = child;
      child.stderr.setEncoding('utf8').on('data', (text) => {
        this._stderr = (this._stderr + text).slice(-KEPT_STDERR);
        this._log.warn(text.trimEnd());
      });
      child.once('spawn', () => resolve(child)).on('error', reject);
    });
  }

  /** @returns {import('vscode-languageclient/node').LanguageClientOptions} */
  _options() {
    const answered = (/** @type {any[]} */ ...all) => {
      const next = all.pop();
      return this._settings.get('languageFeatures') ? next(...all) : undefined;
    };
    return {
      documentSelector: [{ scheme: 'file', pattern: { baseUri: this.folder.uri.toString(), pattern: '**/*' } }],
      workspaceFolder: this.folder,
      outputChannel: this._log,
      initializationFailedHandler: () => false,
      errorHandler: { error: () => ({ action: ErrorAction.Continue, handled: true }), closed: () => this._closed() },
      middleware: {
        provideDefinition: answered,
        provideImplementation: answered,
        provideReferences: answered,
        provideDocumentSymbols: answered,
      },
    };
  }

  /** Start a server again that ended by itself, unless that goes on and on. */
  _closed() {
    const now = Date.now();
    this._ends = [...this._ends.filter((end) => now - end < 60_000), now];
    const again = !this._stopped && this._client?.initializeResult && this._ends.length <= RESTARTS;
    if (!again && this._client?.initializeResult) this._fail(new Error('it ended'));
    return { action: again ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
  }

  /** @param {any} error */
  _fail(error) {
    if (this._stopped || this.trouble) return;
    this.trouble = failure(this._command, error, this._stderr);
    this.status = undefined;
    this._log.error(`${this.trouble} (${error})`);
    this._failed(this);
  }
}

module.exports = { Folder };
