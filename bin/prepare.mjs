// Installs the dependencies when they are missing or older than package-lock.json; silent otherwise.
// Plain Node without dependencies, since it runs before there are any.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(checkout, 'package-lock.json');
/** npm writes it last, so that it stands for a finished installation. */
const installed = join(checkout, 'node_modules', '.package-lock.json');
/** Says for which package-lock.json the dependencies were installed. */
const stamp = join(checkout, 'node_modules', '.perennial-lock');
/** Outside node_modules, which npm empties. */
const busy = join(checkout, '.perennial', 'installing');

const installLimitMs = 15 * 60_000;

/**
 * Makes sure that the dependencies are there.
 *
 * @returns {Promise<number>} the exit code: 0 when they are
 */
export async function prepare() {
  if (isNodeTooOld()) return 1;
  if (areDependenciesCurrent()) return 0;
  const release = await waitForTurn();
  try {
    // The one that was waited for has probably installed them.
    return areDependenciesCurrent() ? 0 : await install();
  } finally {
    release();
  }
}

function isNodeTooOld() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return false;
  console.error(
    `Perennial needs Node 20.19 or later, and this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
  return true;
}

function areDependenciesCurrent() {
  if (readText(stamp) === hashOfLockfile()) return true;
  // Installed by hand with `npm ci` or `npm install`: as good.
  const installedAt = changedAt(installed);
  const isByHand = installedAt > changedAt(lockfile) && installedAt > changedAt(stamp);
  if (isByHand) writeFileSync(stamp, hashOfLockfile());
  return isByHand;
}

async function install() {
  console.error('Installing dependencies (about a minute)…');
  const { command, args } = npm();
  const child = spawn(
    command,
    [...args, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: checkout, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // Ctrl-C reaches npm by itself; we wait until it has ended. SIGTERM reaches only us.
  let stoppedBy;
  const onInterrupt = () => (stoppedBy = 'SIGINT');
  const onTerminate = () => {
    stoppedBy = 'SIGTERM';
    child.kill('SIGTERM');
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`npm could not be started: ${error.message}. It comes with Node; is it on the PATH?`);
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);

  if (stoppedBy !== undefined) {
    console.error('Installing was interrupted; run the same command again.');
    return stoppedBy === 'SIGINT' ? 130 : 143;
  }
  if (code !== 0) {
    console.error(
      'Installing the dependencies failed, see above. Run the same command again when it is solved.',
    );
    return 1;
  }
  writeFileSync(stamp, hashOfLockfile());
  return 0;
}

/** Under `npm start` the npm that runs us, else the one on the PATH. */
function npm() {
  const running = process.env.npm_execpath ?? '';
  return running.endsWith('npm-cli.js')
    ? { command: process.execPath, args: [running] }
    : { command: 'npm', args: [] };
}

/** Two that install at once would empty the folder under one another. */
async function waitForTurn() {
  mkdirSync(dirname(busy), { recursive: true });
  let hasSaidSo = false;
  for (;;) {
    try {
      writeFileSync(busy, String(process.pid), { flag: 'wx' });
      return () => rmSync(busy, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) {
      rmSync(busy, { force: true });
      continue;
    }
    if (!hasSaidSo) console.error('Another Perennial is installing the dependencies; waiting for it…');
    hasSaidSo = true;
    await pause(300);
  }
}

/** Its holder was killed, or its number belongs to another program by now. */
function isAbandoned() {
  const age = Date.now() - changedAt(busy);
  if (age > installLimitMs) return true;
  const pid = Number(readText(busy));
  // Made this very moment and not written yet.
  if (!pid) return age > 5_000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function hashOfLockfile() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @returns {number} epoch milliseconds; 0 when there is no such file */
function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const isRunDirectly =
  process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isRunDirectly) process.exitCode = await prepare();
